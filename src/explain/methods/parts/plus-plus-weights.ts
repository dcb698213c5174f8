/** @file The channel weights of Grad-CAM++ and Smooth Grad-CAM++. */

import type { Builder } from "../../../onnx/builder.js";
import type { Value } from "../../../onnx/graph.js";

export interface Derivatives {
  /** Σₐᵦ Aₐᵦ, [N, C, 1, 1]. */
  readonly sum: Value;
  /** Powers of the gradient, [N, C, H, W], or their means over samples. */
  readonly first: Value;
  readonly second: Value;
  readonly third: Value;
}

/** Σᵢⱼ αᵢⱼ ReLU(g), [N, C], with α = g² / (2g² + ΣA · g³); α is 0 where its denominator is. */
export function plusPlusWeights(op: Builder, { sum, first, second, third }: Derivatives): Value {
  const denominator = op.Add(op.Mul(op.scalar(2), second), op.Mul(sum, third));
  const isZero = op.Equal(denominator, op.scalar(0));
  const alpha = op.Where(isZero, op.scalar(0), op.Div(second, op.Where(isZero, op.scalar(1), denominator)));
  return op.ReduceSum(op.Mul(alpha, op.Relu(first)), op.ints([2, 3]), { keepdims: 0 });
}
