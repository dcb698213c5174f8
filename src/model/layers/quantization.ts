/** @file Finds the scale and zero point that turn whole numbers of a quantised model into real ones. */

import { type Graph, producers, type Value } from "../../onnx/graph.js";

/** real = scale · (whole - zero point), both values of the graph. */
export interface Quantization {
  readonly scale: Value;
  readonly zeroPoint: Value | undefined;
}

/** Positions of the inputs that hold the scale and zero point of an operator's result (ONNX, and onnxruntime's operators). */
const positions: Readonly<Record<string, readonly [scale: number, zeroPoint: number]>> = {
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
/** Operators that keep the quantisation of their input. */
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

/** The quantisation of a value; undefined for one that is not quantised, or in a way that the graph does not tell. */
export function quantizationOf(graph: Graph, value: Value): Quantization | undefined {
  const madeBy = producers(graph);
  let node = madeBy.get(value);
  while (node && keeping.has(node.op)) node = madeBy.get(node.inputs[0] ?? "");
  if (node === undefined) return undefined;
  const [scale, zeroPoint] =
    node.op === "DynamicQuantizeLinear"
      ? node.outputs.slice(1)
      : (positions[node.op] ?? []).map((position) => node.inputs[position]);
  return scale === undefined ? undefined : { scale, zeroPoint: zeroPoint || undefined };
}
