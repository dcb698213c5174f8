/** @file Outputs of one image that lost their batch: [K] scores as [1, K]. */

import { Builder } from "../../onnx/builder.js";
import { copyGraph, type Dim, dimsOf, type Graph, producers, type Value } from "../../onnx/graph.js";
import { numbers } from "../../onnx/tensor.js";

/** Whether an output holds the scores of one image, without an axis for images. @param batch the size of the input's batch */
export function lacksBatch(graph: Graph, output: Value, batch: Dim | undefined): boolean {
  const dims = dimsOf(graph, output);
  if (dims === undefined) return beforeSqueeze(graph, output) !== undefined;
  const [size] = dims;
  if (dims.length === 0) return true;
  return dims.length === 1 && typeof size === "number" && size !== batch && size !== 1;
}

/** The scores with the batch that was squeezed away, for any number of images; undefined where nothing squeezed it away. */
export function beforeSqueeze(graph: Graph, output: Value): Value | undefined {
  const madeBy = producers(graph);
  for (let node = madeBy.get(output); node; node = madeBy.get(node.inputs[0] ?? "")) {
    const [source = "", index = ""] = node.inputs;
    const chosen = graph.initializers.get(index);
    const isFirst = node.op === "Gather" && chosen?.size === 1 && numbers(chosen)[0] === 0;
    if (!isFirst && !["Identity", "Squeeze", "Reshape", "Cast"].includes(node.op)) return undefined;
    const dims = dimsOf(graph, source);
    if (dims !== undefined && dims.length >= 2 && dims.slice(2).every((size) => size === 1)) return source;
  }
  return undefined;
}

/** The graph with an output's scores as [1, K]. */
export function withBatchOfOne(graph: Graph, output: Value): { readonly graph: Graph; readonly output: Value } {
  const op = new Builder(copyGraph(graph));
  const rows = op.named(op.fresh(`${output}/batch`), op.Reshape(output, op.ints([1, -1])));
  return { graph: op.graph, output: rows };
}
