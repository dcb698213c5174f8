/** @file The pass that reads the model's card. */

import { FoveaError } from "../../foundation/error.js";
import type { Graph } from "../../onnx/graph.js";
import { type ModelCard, modelCard } from "../card.js";
import type { Sidecar } from "../settings/sidecar.js";
import { definePass } from "./pass.js";

export const readCard = definePass({
  name: "read-card",
  does: "Reads class names, preprocessing and provenance from the file's metadata, and joins what others wrote there with the files beside it.",
  needs: ["graph", "beside", "given"],
  gives: ["card", "beside"],
  async apply({ graph, beside, given }) {
    const [problem] = beside?.problems ?? [];
    if (problem !== undefined && given === undefined)
      throw new FoveaError("bad-file", `${problem}: mend it, or give its settings`);
    const joined = graph.metadata.size === 0 ? beside : await withMetadata(beside, graph);
    const unused = beside?.problems?.map((each) => `${each}: it is not used`) ?? [];
    const card = modelCard(graph);
    return { card, beside: joined, notes: [...unused, ...(joined?.notes ?? []), ...calibrationNotes(card)] };
  },
});

function calibrationNotes({ temperature }: ModelCard): string[] {
  if (temperature === undefined) return [];
  const shown = Number(temperature.toPrecision(4));
  return [`Probabilities are calibrated: scores are divided by ${shown} first, as the file's metadata says.`];
}

/** What other tools wrote into the file wins over files beside it, but for `fovea.json`. */
async function withMetadata(beside: Sidecar | undefined, graph: Graph): Promise<Sidecar | undefined> {
  const { readMetadata } = await import("../settings/read-metadata.js");
  const { joinSidecars, splitOwn } = await import("../settings/join-sidecars.js");
  const { own, others } = beside ? splitOwn(beside) : {};
  return joinSidecars([own, readMetadata(graph), others].filter((each) => each !== undefined));
}
