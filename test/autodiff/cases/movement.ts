/** @file Cases of the rules of operators that move elements, and of reductions. */

import { int64 } from "../../../src/onnx/index.js";
import type { GradientCase } from "../../support/gradient-case.js";

const x = [2, 3, 4] as const;

export const movementCases: Record<string, GradientCase[]> = {
  Flatten: [0, 1, 2, 3, -1].map((axis) => ({ inputs: { x }, attributes: { axis } })),
  Reshape: [[6, 4], [-1], [0, -1], [2, 2, 3, 2], [1, 24]].map((shape) => ({ inputs: { x, shape: int64(shape) } })),
  Transpose: [
    { inputs: { x } },
    { inputs: { x }, attributes: { perm: [1, 2, 0] } },
    { inputs: { x }, attributes: { perm: [2, 0, 1] } },
    { inputs: { x }, attributes: { perm: [0, 2, 1] } },
    { inputs: { x: [2, 3, 4, 5] }, attributes: { perm: [3, 1, 0, 2] } },
  ],
  Squeeze: [
    { inputs: { x: [1, 3, 1, 2], axes: int64([0]) } },
    { inputs: { x: [1, 3, 1, 2], axes: int64([0, -2]) } },
    { inputs: { x: [1, 3, 1, 2] } },
  ],
  Unsqueeze: [[0], [-1], [1, 3], [0, -1]].map((axes) => ({ inputs: { x: [2, 3], axes: int64(axes) } })),
  Expand: [
    { inputs: { x: [3], shape: int64([2, 3]) } },
    { inputs: { x: [2, 1], shape: int64([4]) } },
    { inputs: { x: [2, 3], shape: int64([1, 1, 1]) } },
    { inputs: { x: [], shape: int64([2, 2]) } },
    { inputs: { x: [1, 2, 1], shape: int64([3, 1, 4]) } },
  ],
  Concat: [
    { inputs: { a: [2, 3], b: [2, 1] }, attributes: { axis: 1 } },
    { inputs: { a: [2, 3], b: [1, 3], c: [3, 3] }, attributes: { axis: 0 } },
    { inputs: { a: [2, 3, 2], b: [2, 3, 3] }, attributes: { axis: -1 } },
    { inputs: { a: [2, 3] }, attributes: { axis: 0 } },
    { inputs: { a: [2, 3], b: [2, 2] }, without: ["b"], attributes: { axis: 1 } },
    { inputs: { a: [2, 3] }, build: (op, [a]) => op.Concat(a, op.Neg(op.Exp(a)), a, { axis: 1 }) },
  ],
};

function reductions(): GradientCase[] {
  const axes = [[0], [1], [-1], [0, 2], [0, 1, 2]].map((list) => int64(list));
  return [
    ...[0, 1].flatMap((keepdims) => axes.map((list) => ({ inputs: { x, axes: list }, attributes: { keepdims } }))),
    ...[0, 1].map((keepdims) => ({ inputs: { x }, attributes: { keepdims } })),
    { inputs: { x } },
    { inputs: { x }, attributes: { noop_with_empty_axes: 1, keepdims: 0 } },
    { inputs: { x }, attributes: { noop_with_empty_axes: 1 } },
    { inputs: { x, axes: int64([]) }, attributes: { noop_with_empty_axes: 1, keepdims: 0 } },
    { inputs: { x, axes: int64([]) }, attributes: { keepdims: 0 } },
    { inputs: { x, axes: int64([]) } },
    { inputs: { x: [1, 3], axes: int64([0]) }, attributes: { keepdims: 0 } },
    { inputs: { x: [] } },
  ];
}

export const reductionCases: Record<string, GradientCase[]> = { ReduceMean: reductions(), ReduceSum: reductions() };
