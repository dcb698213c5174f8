/** @file Values that only move, resize or squash another one, as outputs of networks do with their scores. */

import { type Graph, producers, type Value } from "../../onnx/graph.js";

/** Operators that only move, resize or squash their input. */
const rearranging = new Set([
  ...["Identity", "Cast", "Transpose", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Slice", "Resize"],
  ...["Softmax", "LogSoftmax", "Sigmoid", "QuantizeLinear", "DequantizeLinear"],
]);

/** The value, what it rearranges, what that rearranges, and so on, to the value that something else makes, which comes first. */
export function rearrangedFrom(graph: Graph, value: Value): [Value, ...Value[]] {
  const madeBy = producers(graph);
  const values: [Value, ...Value[]] = [value];
  for (let node = madeBy.get(value); node && rearranging.has(node.op); node = madeBy.get(values[0])) {
    values.unshift(node.inputs[0] ?? "");
  }
  return values;
}
