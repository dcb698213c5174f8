/** @file Eigen-CAM. */

import { type Builder, dimsOf, type Value } from "../../onnx/index.js";
import type { ActivationMethod } from "../method.js";

/** Squarings of the Gram matrix: what remains of the second principal component is (σ₂/σ₁)^(2·2¹²). */
const squarings = 12;
/** Keeps the division of nothing by nothing from being NaN. */
const tiny = 1e-30;

/**
 * Muhammad and Yeasin, "Eigen-CAM: Class Activation Map using Principal Components", IJCNN 2020: the activations, one row per
 * position, projected on their first right singular vector. As in pytorch-grad-cam the mean of each channel is subtracted
 * before. The sign, which the decomposition leaves open, is that of the mean activation. The map is the same for all classes.
 */
export const eigenCam: ActivationMethod = {
  name: "eigen-cam",
  title: "Eigen-CAM",
  paper: "Muhammad and Yeasin, IJCNN 2020",
  needsGradient: false,
  build(op, { activation }) {
    const flat = op.Reshape(activation, op.ints([0, 0, -1]));
    const centred = op.Sub(flat, op.ReduceMean(flat, op.ints([2]), { keepdims: 1 }));
    const direction = firstDirection(op, centred, isWide(dimsOf(op.graph, activation)));
    const projection = op.MatMul(direction, centred);
    const mean = op.ReduceMean(flat, op.ints([1]), { keepdims: 1 });
    const agreement = op.ReduceSum(op.Mul(projection, mean), op.ints([2]), { keepdims: 1 });
    const signed = op.Where(op.Less(agreement, op.scalar(0)), op.Neg(projection), projection);
    const shape = op.Concat(op.ints([0, 1]), op.Shape(activation, { start: 2 }), { axis: 0 });
    return { evidence: op.Reshape(signed, shape) };
  },
};

/** Whether there are fewer channels than positions; if that is not known, no. */
function isWide([, channels, height, width]: readonly unknown[] = []): boolean {
  if (typeof channels !== "number" || typeof height !== "number" || typeof width !== "number") return false;
  return channels < height * width;
}

/** [N, C, P] to the unit vector [N, 1, C] along which it varies most, by powers of the smaller Gram matrix. */
function firstDirection(op: Builder, centred: Value, byChannels: boolean): Value {
  const transposed = op.Transpose(centred, { perm: [0, 2, 1] });
  let gram = byChannels ? op.MatMul(centred, transposed) : op.MatMul(transposed, centred);
  for (let i = 0; i < squarings; i++) {
    const scaled = op.Div(gram, largest(op, gram));
    gram = op.MatMul(scaled, scaled);
  }
  // All rows point along the first eigenvector by now; the longest one is the most exact.
  const lengths = op.ReduceSumSquare(gram, op.ints([2]), { keepdims: 0 });
  const row = op.ArgMax(lengths, { axis: 1, keepdims: 1 });
  const shape = op.Concat(op.Shape(row), op.Shape(gram, { start: 2 }), { axis: 0 });
  const vector = op.GatherElements(gram, op.Expand(op.Unsqueeze(row, op.ints([2])), shape), { axis: 1 });
  const along = byChannels ? vector : op.MatMul(vector, transposed);
  const length = op.Sqrt(op.ReduceSumSquare(along, op.ints([2]), { keepdims: 1 }));
  return op.Div(along, op.Max(length, op.scalar(tiny)));
}

function largest(op: Builder, matrix: Value): Value {
  return op.Max(op.ReduceMax(op.Abs(matrix), op.ints([1, 2]), { keepdims: 1 }), op.scalar(tiny));
}
