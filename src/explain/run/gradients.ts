/** @file Gradients for methods that need them; where there are none, tells the user the ways out. */

import { appendGradients, type DifferentiateOptions } from "../../autodiff/differentiate.js";
import { isQuantized, whyNoRule } from "../../autodiff/no-rule.js";
import { FoveaError } from "../../foundation/error.js";
import type { Model } from "../../model/model.js";
import type { Builder } from "../../onnx/builder.js";
import { type Graph, type GraphNode, operatorName, readsOf, type Value } from "../../onnx/graph.js";
import { ancestors, descendants } from "../../onnx/prune.js";

/**
 * `appendGradients`, which also refuses models that compute in whole numbers.
 * @throws FoveaError `unsupported-operator`
 */
export function differentiated(op: Builder, options: DifferentiateOptions): ReadonlyMap<Value, Value> {
  for (const value of options.wrt) {
    const quantized = nodesBetween(op.graph, value, options.of).find(isQuantized);
    if (quantized) throw noRuleError(quantized);
  }
  return appendGradients(op, options);
}

/** Says why no gradient passes a node. */
export function noRuleError(node: GraphNode, cause?: unknown): FoveaError {
  const { problem, advice } = whyNoRule(node);
  const message = `node "${node.name}": operator ${operatorName(node)} ${problem}: ${advice}`;
  return new FoveaError("unsupported-operator", message, { cause });
}

/** Whether the gradient passes rounding to whole numbers, where it is the straight-through one. */
export function isStraightThrough({ graph, scores }: Model, layer: Value): boolean {
  return nodesBetween(graph, layer, scores).some(({ op }) => op === "QuantizeLinear");
}

/** The nodes on the way from one value to another. */
export function nodesBetween(graph: Graph, from: Value, to: Value): GraphNode[] {
  const [after, before] = [descendants(graph, [from]), ancestors(graph, [to])];
  return graph.nodes.filter(
    (node) => readsOf(node).some((value) => after.has(value)) && node.outputs.some((value) => before.has(value)),
  );
}
