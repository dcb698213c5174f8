/** @file A linear layer and the batch normalisation behind it, as one linear layer. */

import type { Builder } from "../../builder.js";
import { dimsOf, float, type GraphNode, type Value } from "../../graph.js";

/** W and b of a layer z = W x + b, whose output channels are the first axis of W. */
export interface LinearParameters {
  readonly weight: Value;
  readonly bias: Value | undefined;
}

/** W and b with a normalisation by stored statistics behind them: γ (W x + b - μ) / σ + β is linear as well. */
export function mergedNormalisation(
  op: Builder,
  norm: GraphNode,
  { weight, bias }: LinearParameters,
): LinearParameters {
  const [, scale, shift, mean, variance] = norm.inputs;
  const dims = dimsOf(op.graph, weight);
  const factor = op.Div(scale, op.Sqrt(op.Add(variance, op.scalar(float(norm, "epsilon", 1e-5)))));
  const axes = op.ints(Array.from({ length: (dims?.length ?? 2) - 1 }, (_, i) => i + 1));
  const merged = op.Mul(weight, op.Unsqueeze(factor, axes));
  const moved = op.Add(op.Mul(bias === undefined ? op.Neg(mean) : op.Sub(bias, mean), factor), shift);
  if (dims !== undefined) {
    op.graph.types.set(merged, { type: "float32", dims });
    op.graph.types.set(moved, { type: "float32", dims: dims.slice(0, 1) });
  }
  return { weight: merged, bias: moved };
}
