/** @file The last step of methods whose weights average over places, with what it would be if they did not. */

import type { Builder } from "../../../onnx/builder.js";
import type { Value } from "../../../onnx/graph.js";
import { smallestLeft } from "../../diagnose/diagnose.js";
import type { CamInputs, CamOutputs } from "../../method.js";
import { signedSumOf, weightedSum } from "./weighted-sum.js";

/**
 * `weightedSum` of weights [N, C] that average `gradient` over places in some way; beside it HiResCAM's sum of the same gradient,
 * Σₖ gₖ ⊙ Aₖ (Draelos and Carin, arXiv:2011.08891, eq. 4), which says of each place what that place contributes.
 */
export function averagedSum(
  op: Builder,
  weights: Value,
  { activation, gradient }: Pick<CamInputs, "activation" | "gradient">,
): CamOutputs {
  return { ...weightedSum(op, weights, activation), exact: exactSum(op, op.Mul(gradient, activation)) };
}

function exactSum(op: Builder, terms: Value): Value {
  const { evidence, magnitude = "" } = signedSumOf(op, terms);
  const left = op.ReduceSum(op.Abs(evidence), op.ints([1, 2, 3]), { keepdims: 0 });
  const isLeft = op.Not(op.Less(left, op.Mul(op.scalar(smallestLeft), magnitude)));
  return op.Mul(evidence, op.Unsqueeze(op.Cast(isLeft, { to: 1 }), op.ints([1, 2, 3])));
}
