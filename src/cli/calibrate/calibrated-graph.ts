/** @file The graph of a model's file with a temperature in its metadata. */

import { graphAt } from "../../formats/node.js";
import { withModelCard } from "../../model/card.js";
import type { Model } from "../../model/model.js";
import { modelFileAt } from "../../model/node.js";
import { preprocessingOf } from "../../model/preprocessing.js";
import type { Graph } from "../../onnx/graph.js";
import { readModel } from "../../onnx/read/read.js";

/** How a temperature was found. */
export interface FoundTemperature {
  readonly temperature: number;
  readonly data: string;
  readonly fittedOn: string;
  readonly images: number;
}

/** The file's own graph: only its metadata differ, which also keep what files beside it say, since they do not come along. */
export async function calibratedGraph(path: string, model: Model, found: FoundTemperature): Promise<Graph> {
  const { bytes, external } = modelFileAt(path);
  const graph = (await graphAt(path)) ?? readModel(bytes, path, external);
  const { card } = model;
  const { preprocessing, origin } = preprocessingOf(model);
  return withModelCard(graph, {
    ...(card.classes ? { classes: card.classes } : {}),
    ...(origin.startsWith("assumed") ? {} : { preprocessing }),
    temperature: found.temperature,
    provenance: { ...card.provenance, calibration: found },
  });
}
