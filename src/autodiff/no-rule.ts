/** @file Reasons why an operator has no gradient, and advice. */

import { type GraphNode, isOptimised } from "../onnx/graph.js";

const controlFlow: Readonly<Record<string, string>> = {
  If: ", because the branch that it takes is not known before it runs",
  Loop: ", because it is not known before it runs that it repeats at most 64 times",
  Scan: "",
};
const wholeNumbers = /^(QLinear|QGemm|QAttention|ConvInteger|MatMulInteger|DynamicQuantize)/;

/** Whether a node computes in whole numbers, as those of quantised models do. */
export function isQuantized({ op }: GraphNode): boolean {
  return wholeNumbers.test(op);
}

/** A node's problem, as the end of a sentence about it, and advice. */
export function whyNoRule(node: GraphNode): { readonly problem: string; readonly advice: string } {
  if (isQuantized(node)) {
    return {
      problem: "belongs to a quantised model, whose gradient is zero or undefined everywhere",
      advice: "use the float model that it was made from, or one quantised as QDQ (QuantizeLinear, DequantizeLinear)",
    };
  }
  if (isOptimised(node)) {
    return {
      problem: "is onnxruntime's own, which it writes when it optimises a file",
      advice: "use the file before it was optimised",
    };
  }
  const reason = node.domain === "" ? controlFlow[node.op] : undefined;
  if (reason !== undefined) {
    return {
      problem: `has no differentiation rule${reason}`,
      advice: "export the model without it, or choose a layer behind it",
    };
  }
  return { problem: "has no differentiation rule", advice: "choose a layer behind it" };
}
