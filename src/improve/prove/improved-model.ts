/** @file The repaired network as a model that says where it comes from. */

import { withModelCard } from "../../model/card.js";
import { preprocessingOf } from "../../model/preprocessing.js";
import type { Graph } from "../../onnx/graph.js";
import type { ChosenRepair } from "../repair/chosen-repair.js";
import type { Candidate } from "../repair/repairs.js";
import type { Subject } from "../subject.js";
import type { Proof } from "./proof.js";

/** What the old model's file says of its own training alone. */
const outdated = ["testAccuracy", "history", "headHistory", "command"];

/**
 * With the model's classes and preprocessing, what its file records of its making, and as `improved` what was verified, how it was
 * repaired, and what that brought and cost on the sealed images.
 */
export function improvedModel(
  { name, model, classes, identity, confirmed }: Subject,
  graph: Graph,
  candidate: Candidate,
  chosen: ChosenRepair,
  proof: Proof,
): Graph {
  const kept = Object.entries(model.card.provenance ?? {}).filter(([key]) => !outdated.includes(key));
  const improved = {
    subject: name,
    from: identity.model,
    data: identity.data,
    ...(confirmed ? { confirmedLabels: { count: confirmed.length, hash: identity.labels } } : {}),
    verified: chosen.cues,
    repair: candidate.name,
    how: candidate.sentence,
    budget: chosen.budget,
    before: proof.before,
    after: proof.after,
    cost: proof.losses,
    sentence: proof.sentence,
  };
  const { preprocessing } = preprocessingOf(model);
  return withModelCard(graph, { classes, preprocessing, provenance: { ...Object.fromEntries(kept), improved } });
}
