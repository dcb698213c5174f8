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

/** How α weighs the places of a channel. */
export interface PixelWeights {
  /** What stands above the fraction line. Default `second`. */
  readonly numerator?: "first" | "second";
  /** Divided by their sum over the places with g > 0, where that is not 0. Default false. */
  readonly normalised?: boolean;
}

/** Σᵢⱼ αᵢⱼ ReLU(g), [N, C], with α = g² / (2g² + ΣA · g³); α is 0 where its denominator is. */
export function plusPlusWeights(
  op: Builder,
  derivatives: Derivatives,
  { numerator = "second", normalised = false }: PixelWeights = {},
): Value {
  const { sum, first, second, third } = derivatives;
  const alpha = ratio(op, derivatives[numerator], op.Add(op.Mul(op.scalar(2), second), op.Mul(sum, third)));
  const positive = op.Relu(first);
  const total = (planes: Value) => op.ReduceSum(planes, op.ints([2, 3]), { keepdims: 0 });
  const weights = total(op.Mul(alpha, positive));
  if (!normalised) return weights;
  const counted = total(op.Where(op.Greater(first, op.scalar(0)), alpha, op.scalar(0)));
  return op.Div(weights, op.Where(op.Equal(counted, op.scalar(0)), op.scalar(1), counted));
}

/** 0 where the denominator is. */
function ratio(op: Builder, numerator: Value, denominator: Value): Value {
  const isZero = op.Equal(denominator, op.scalar(0));
  return op.Where(isZero, op.scalar(0), op.Div(numerator, op.Where(isZero, op.scalar(1), denominator)));
}
