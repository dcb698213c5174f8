/** @file Discovery to proof of one model, as `fovea improve` does them, knowing nothing of any cue. */

import { runtime } from "../../src/cli/platform.js";
import type { Dataset } from "../../src/data/dataset.js";
import { discover } from "../../src/improve/discover/discover.js";
import { imageSetOf, splitByName, validationShare } from "../../src/improve/image-set.js";
import { type Hypothesis, type Verdict, verifiedHypotheses } from "../../src/improve/protocol/sections.js";
import type { Proof } from "../../src/improve/prove/proof.js";
import { prove } from "../../src/improve/prove/prove.js";
import type { ChosenRepair } from "../../src/improve/repair/chosen-repair.js";
import type { Networks } from "../../src/improve/repair/repair-run.js";
import { repairThoroughly } from "../../src/improve/repair/repair-thoroughly.js";
import { trainerOf } from "../../src/improve/repair/trainer/trainer-of.js";
import type { Subject } from "../../src/improve/subject.js";
import { verify } from "../../src/improve/verify/verify.js";
import { openModel } from "../../src/model/open.js";
import { preprocess } from "../../src/model/run/read-image.js";
import type { Graph } from "../../src/onnx/graph.js";
import { readModel } from "../../src/onnx/read/read.js";
import type { Tensor } from "../../src/onnx/tensor.js";

/** How far the loop came. */
export interface Outcome {
  readonly hypotheses: readonly Hypothesis[];
  readonly verdicts: readonly Verdict[];
  readonly verified: readonly Hypothesis[];
  readonly chosen: ChosenRepair | undefined;
  readonly proof: Proof | undefined;
  /** The model that would be written. */
  readonly graph: Graph | undefined;
}

/** All steps, as far as they go. @param file a model's bytes */
export async function wholeLoop(file: Uint8Array, dataset: Dataset, seed: number): Promise<Outcome> {
  const subject = await subjectOf(file, dataset);
  const parts = splitByName(subject.learning, validationShare, String(seed));
  const options = { runtime, seed: String(seed) };
  const discovery = await discover(subject, parts, options);
  const verification = await verify(subject, parts, discovery, options);
  const verified = verifiedHypotheses({ discovery, verification });
  const found = { hypotheses: discovery.hypotheses, verdicts: verification.verdicts, verified };
  if (verified.length === 0) return { ...found, chosen: undefined, proof: undefined, graph: undefined };
  const repair = { runtime, seed, parts, networks: networksInMemory() };
  const { chosen, cues, networks, context, foundAgain } = await repairThoroughly(subject, verified, repair);
  const all = { ...found, chosen, verified: [...verified, ...foundAgain] };
  if (chosen.chosen === null) return { ...all, proof: undefined, graph: undefined };
  return {
    ...all,
    ...(await prove(subject, cues, chosen, { ...repair, networks, context, open: async () => subject.sealed })),
  };
}

async function subjectOf(file: Uint8Array, { name, classes, train, test }: Dataset): Promise<Subject> {
  const model = await openModel(readModel(file), runtime);
  const input = (pixels: Tensor) => {
    const [n = 0, c = 1, h = 1, w = 1] = pixels.dims;
    return preprocess(model, pixels.bytes, [n, c, h, w], runtime);
  };
  return {
    ...{ name, model, classes, input, identity: { model: "", data: "" } },
    learning: imageSetOf(train, "train/"),
    sealed: imageSetOf(test, "test/"),
    trainer: trainerOf(model, { runtime, input }),
  };
}

function networksInMemory(): Networks {
  const kept = new Map<string, Graph>();
  return {
    load: async (name) => kept.get(name),
    save: async (name, graph) => void kept.set(name, graph),
  };
}
