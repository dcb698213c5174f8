/** @file One step of an attack in the maximum norm: the gradient that arrives at the scores, and the step along its sign. */

import type { Builder } from "../onnx/builder.js";
import type { Value } from "../onnx/graph.js";
import { float32 } from "../onnx/tensor.js";

/**
 * Cross-entropy [N], and a positive multiple, the same for all scores of an image, of its gradient by the scores [N, classes].
 * For softmax the gradient is (1 - p_c)(q - 1_c), where q is the softmax over the other classes: a sure network would round
 * 1 - p_c to zero, and only the sign of the result is used, so that factor is left out.
 * @param classes int64 [N]
 * @param sigmoid whether each score has a sigmoid of its own
 */
export function appendAttackLoss(
  op: Builder,
  scores: Value,
  classes: Value,
  sigmoid: boolean,
): { loss: Value; seed: Value } {
  const count = op.Gather(op.Shape(scores), op.int(1));
  const oneHot = op.OneHot(classes, count, op.constant(float32([2], [0, 1]), "off_on"), { axis: 1 });
  const isClass = op.Greater(oneHot, op.scalar(0));
  const sum = (each: Value) => op.ReduceSum(each, op.ints([1]), { keepdims: 0 });
  if (sigmoid) {
    const towards = op.Where(isClass, op.Neg(scores), scores);
    const slope = op.Sigmoid(towards);
    return { loss: sum(op.Softplus(towards)), seed: op.Where(isClass, op.Neg(slope), slope) };
  }
  const others = op.Softmax(op.Where(isClass, op.scalar(-3e38), scores), { axis: 1 });
  const loss = op.Neg(sum(op.Mul(oneHot, op.LogSoftmax(scores, { axis: 1 }))));
  return { loss, seed: op.Sub(others, oneHot) };
}

/** What a step moves by, and between which bounds it stays; all broadcast to the images. */
export interface SignStep {
  readonly images: Value;
  readonly gradient: Value;
  readonly move: Value;
  readonly low: Value;
  readonly high: Value;
}

/** The images after a step along the gradient's sign, projected back between the bounds (Madry et al. 2018, section 2.1). */
export function appendSignStep(op: Builder, { images, gradient, move, low, high }: SignStep): Value {
  return op.Max(op.Min(op.Add(images, op.Mul(move, op.Sign(gradient))), high), low);
}
