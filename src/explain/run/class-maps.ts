/** @file The maps of one class at several layers, and how they are read from the results of a run. */

import { type FloatMap, floatMap } from "../../image/map/heatmap.js";
import { rowsOf } from "../../model/run/batches.js";
import { type Tensors, tensorNamed } from "../../model/run/tensors.js";
import type { Value } from "../../onnx/graph.js";
import { floats } from "../../onnx/tensor.js";

/** One class at every layer. */
export interface ClassMaps {
  readonly score: number;
  /** Before the ReLU, in the layers' order. */
  readonly evidence: readonly FloatMap[];
}

/** The first image's map among the results of a run, [N, 1, h, w]. */
export function mapNamed(results: Tensors, name: Value): FloatMap {
  const evidence = rowsOf(tensorNamed(results, name), 0, 1);
  const [, , height = 1, width = 1] = evidence.dims;
  return floatMap(width, height, floats(evidence).slice());
}
