/** @file Tells by its operators whether an output may hold probabilities. */

import { type Graph, type GraphNode, producers, type Value } from "../../onnx/graph.js";
import { numbers } from "../../onnx/tensor.js";

/** Operators that probabilities are made with. */
const normalising = new Set([
  ...["Softmax", "LogSoftmax", "Exp", "Sigmoid", "Softplus", "ReduceSum", "ReduceL1", "ReduceLogSumExp"],
]);
/** Operators with weights, at which the head of a network begins. */
export const weighted: ReadonlySet<string> = new Set([
  "Conv",
  "Gemm",
  "MatMul",
  "ConvTranspose",
  "QLinearConv",
  "LSTM",
  "GRU",
]);

/**
 * Whether an output may hold probabilities: something that makes some stands between it and the last weights. A network that
 * ends in a linear layer is told by its last node.
 */
export function mayNormalise(graph: Graph, output: Value): boolean {
  const madeBy = producers(graph);
  const [seen, stack] = [new Set<GraphNode>(), [output]];
  for (let value = stack.pop(); value !== undefined; value = stack.pop()) {
    const node = madeBy.get(value);
    if (node === undefined || seen.has(node)) continue;
    if (normalising.has(node.op)) return true;
    seen.add(node);
    if (!weighted.has(node.op) || !hasWeights(graph, node) || isSharing(graph, node)) stack.push(...node.inputs);
  }
  return false;
}

function hasWeights({ initializers }: Graph, { inputs }: GraphNode): boolean {
  return inputs.some((input) => initializers.has(input));
}

/** The largest matrix whose elements are looked at. */
const mostElements = 2 ** 21;

/** Whether a node adds up probabilities in groups: its only weights are not negative, and no bias follows. */
function isSharing({ initializers }: Graph, { op, inputs }: GraphNode): boolean {
  const weights = initializers.get(inputs[1] ?? "");
  const isMatrix = (op === "MatMul" || op === "Gemm") && inputs.length === 2;
  if (!isMatrix || weights === undefined || weights.size > mostElements) return false;
  return numbers(weights).every((value) => value >= 0 && value <= 1);
}
