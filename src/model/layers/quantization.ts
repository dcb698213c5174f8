/** @file How whole numbers of a quantised model stand for real ones. */

import { type Graph, producers, type Value } from "../../onnx/graph.js";

/** real = scale · (whole - zero point), both values of the graph. */
export interface Quantization {
  readonly scale: Value;
  readonly zeroPoint: Value | undefined;
}

/** Which inputs of an operator say how its result is quantised (ONNX, and onnxruntime's own operators). */
const places: Readonly<Record<string, readonly [scale: number, zeroPoint: number]>> = {
  QuantizeLinear: [1, 2],
  QLinearConv: [6, 7],
  QLinearMatMul: [6, 7],
  QLinearAdd: [6, 7],
  QLinearMul: [6, 7],
  QLinearConcat: [0, 1],
  QLinearAveragePool: [3, 4],
  QLinearGlobalAveragePool: [3, 4],
  QLinearLeakyRelu: [3, 4],
  QLinearSigmoid: [3, 4],
};
const keeping = new Set([
  "Flatten",
  "Identity",
  "MaxPool",
  "Relu",
  "Reshape",
  "Slice",
  "Squeeze",
  "Transpose",
  "Unsqueeze",
]);

/** Undefined for a value that is not quantised, or in a way that the graph does not tell. */
export function quantizationOf(graph: Graph, value: Value): Quantization | undefined {
  const made = producers(graph);
  let node = made.get(value);
  while (node && keeping.has(node.op)) node = made.get(node.inputs[0] as Value);
  if (node?.op === "DynamicQuantizeLinear") return { scale: node.outputs[1] as Value, zeroPoint: node.outputs[2] };
  const [scale, zeroPoint] = node ? (places[node.op] ?? []) : [];
  if (node === undefined || scale === undefined || zeroPoint === undefined) return undefined;
  return { scale: node.inputs[scale] as Value, zeroPoint: node.inputs[zeroPoint] || undefined };
}
