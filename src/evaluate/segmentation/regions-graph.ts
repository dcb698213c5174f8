/** @file The graph that says of each place which class a segmenter predicts. */

import type { Model } from "../../model/model.js";
import type { Segmentation } from "../../model/tasks/found-task.js";
import { Builder } from "../../onnx/builder.js";
import { copyGraph, type Graph } from "../../onnx/graph.js";
import { prune } from "../../onnx/prune.js";

/** Its output: [N, H, W], int64. */
export const regionsOutput = "fovea/regions";

export function regionsGraph({ graph }: Model, { output }: Segmentation): Graph {
  const op = new Builder(copyGraph(graph), "fovea/evaluate");
  return prune(op.graph, [op.named(regionsOutput, op.ArgMax(output, { axis: 1, keepdims: 0 }))]);
}
