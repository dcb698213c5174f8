/** @file Sums over channels, the last step of most methods. */

import type { Builder, Value } from "../onnx/index.js";
import type { CamOutputs } from "./method.js";

/** Σₖ αₖ Aₖ of weights α [N, C] and planes A [N, C, H, W]. */
export function weightedSum(op: Builder, weights: Value, planes: Value): CamOutputs {
  const flat = op.Reshape(planes, op.ints([0, 0, -1]));
  const sum = op.MatMul(op.Unsqueeze(weights, op.ints([1])), flat);
  const shape = op.Concat(op.ints([0, 1]), op.Shape(planes, { start: 2 }), { axis: 0 });
  return { evidence: op.Reshape(sum, shape), weights };
}

/** Σₖ Tₖ of planes T [N, C, H, W]. */
export function sumOf(op: Builder, terms: Value): CamOutputs {
  return { evidence: op.ReduceSum(terms, op.ints([1]), { keepdims: 1 }), terms };
}

/** Sums over all places, [N, C, H, W] to [N, C, 1, 1]. */
export function overPlaces(op: Builder, planes: Value): Value {
  return op.ReduceSum(planes, op.ints([2, 3]), { keepdims: 1 });
}
