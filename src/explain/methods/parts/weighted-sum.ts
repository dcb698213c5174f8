/** @file Sums over channels, the last step of most methods. */

import { isNormalisedBehind } from "../../../model/layers/behind/normalised.js";
import type { Builder } from "../../../onnx/builder.js";
import { dimsOf, staticDims, type Value } from "../../../onnx/graph.js";
import { smallestLeft } from "../../faithful/smallest-left.js";
import type { CamInputs, CamOutputs } from "../../method.js";

/** Σₖ αₖ Aₖ of weights α [N, C] and planes A [N, C, H, W]. */
export function weightedSum(op: Builder, weights: Value, planes: Value): CamOutputs {
  const flat = op.Reshape(planes, op.ints([0, 0, -1]));
  const sum = op.MatMul(op.Unsqueeze(weights, op.ints([1])), flat);
  const places = staticDims(dimsOf(op.graph, planes)?.slice(2));
  const shape = places
    ? op.ints([-1, 1, ...places])
    : op.Concat(op.ints([0, 1]), op.Shape(planes, { start: 2 }), { axis: 0 });
  return { evidence: op.Reshape(sum, shape), weights };
}

/** Σₖ Tₖ of planes T [N, C, H, W]. */
export function sumOf(op: Builder, attribution: Value): CamOutputs {
  return { evidence: op.ReduceSum(attribution, op.ints([1]), { keepdims: 1 }), attribution };
}

/** `sumOf` terms that may cancel. */
export function signedSumOf(op: Builder, attribution: Value): CamOutputs {
  const magnitude = op.ReduceSum(op.Abs(attribution), op.ints([1, 2, 3]), { keepdims: 0 });
  return { ...sumOf(op, attribution), magnitude };
}

/**
 * `weightedSum` of weights [N, C] that average `gradient` over places in some way; beside it HiResCAM's sum of the same gradient,
 * Σₖ gₖ ⊙ Aₖ (Draelos and Carin, arXiv:2011.08891, eq. 4), which says of each place what that place contributes.
 */
export function averagedSum(
  op: Builder,
  weights: Value,
  inputs: Pick<CamInputs, "activation" | "model" | "layer">,
  gradient: Value,
): CamOutputs {
  const { activation, model, layer } = inputs;
  const terms = op.Mul(gradient, activation);
  const { evidence } = sumOf(op, terms);
  const exact = isNormalisedBehind(model, layer) ? zeroIfCancelled(op, evidence, terms) : evidence;
  return { ...weightedSum(op, weights, activation), exact };
}

/** The sum of terms, zero where no more than rounding is left of them. */
function zeroIfCancelled(op: Builder, sum: Value, terms: Value): Value {
  const [left, all] = [sum, terms].map((each) => op.ReduceL1(each, op.ints([1, 2, 3]), { keepdims: 1 }));
  return op.Where(op.Less(left, op.Mul(op.scalar(smallestLeft), all)), op.scalar(0), sum);
}

/** maxₖ |Tₖ| of planes T [N, C, H, W]. */
export function largestOf(op: Builder, attribution: Value): CamOutputs {
  return { evidence: op.ReduceMax(op.Abs(attribution), op.ints([1]), { keepdims: 1 }), attribution };
}

/** Sums over all places, [N, C, H, W] to [N, C, 1, 1]. */
export function overPlaces(op: Builder, planes: Value): Value {
  return op.ReduceSum(planes, op.ints([2, 3]), { keepdims: 1 });
}

/** The attribution of a method, also where it only tells its channels' weights. */
export function attributionOf(
  op: Builder,
  { activation }: Pick<CamInputs, "activation">,
  { attribution, weights }: CamOutputs,
): Value | undefined {
  if (attribution !== undefined || weights === undefined) return attribution;
  return op.Mul(op.Unsqueeze(weights, op.ints([2, 3])), activation);
}
