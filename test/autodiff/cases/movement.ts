/** @file Cases of the rules of operators that move elements. */

import { float32, int64 } from "../../../src/onnx/tensor.js";
import type { GradientCase } from "../../support/models/gradient-case.js";

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
  Split: [
    { inputs: { x, sizes: int64([1, 3]) }, attributes: { axis: 2 }, outputs: 2 },
    { inputs: { x, sizes: int64([2, 1]) }, attributes: { axis: -2 }, outputs: 2 },
    { inputs: { x }, attributes: { num_outputs: 2 }, outputs: 2 },
    { inputs: { x }, attributes: { axis: 1, num_outputs: 2 }, outputs: 2 },
    {
      inputs: { x },
      build: (op, [value]) => {
        const [a, , c] = op.node("Split", [value], { axis: 2, num_outputs: 4 }, 4);
        return op.Mul(a, op.Exp(c));
      },
    },
  ],
  Pad: [
    padded([0, 1, 2, 0, 0, 1]),
    padded([1, 0, -1, 0, 2, -2]),
    padded([0, -1, 1, 1, 0, 0]),
    { inputs: { x, pads: int64([0, 1, 0, 0, 0, 2]), value: [] }, known: ["value"] },
    { inputs: { x, pads: int64([0, 1, -1, 0, 0, 2]), value: float32([], [3]) } },
    { inputs: { x, pads: int64([1, 2, 0, -1]), value: undefined, axes: int64([-1, 1]) } },
    padded([1, 2, 3, 1, 0, 2], "reflect"),
    padded([1, 2, 0, 0, 3, 2], "edge"),
    { inputs: { x, pads: int64([2, 1]), value: float32([], [1]), axes: int64([2]) }, attributes: { mode: "reflect" } },
    padded([1, 0, 3, 1, 2, 1], "wrap", 19),
  ],
  Tile: [
    [1, 1, 1],
    [2, 1, 3],
    [1, 4, 1],
  ].map((repeats) => ({ inputs: { x, repeats: int64(repeats) } })),
  DepthToSpace: ["DCR", "CRD"].map((mode) => ({ inputs: { x: [2, 8, 3, 2] }, attributes: { blocksize: 2, mode } })),
  SpaceToDepth: [{ inputs: { x: [2, 3, 4, 6] }, attributes: { blocksize: 2 } }],
  Trilu: [
    { inputs: { x } },
    { inputs: { x }, attributes: { upper: 0 } },
    { inputs: { x, k: int64([1], []) }, attributes: { upper: 1 } },
    { inputs: { x, k: int64([-1], []) }, attributes: { upper: 0 } },
  ],
  CumSum: [0, 1].flatMap((exclusive) =>
    [0, 1].map((reverse) => ({ inputs: { x, axis: int64([1], []) }, attributes: { exclusive, reverse } })),
  ),
  ReverseSequence: [
    { inputs: { x: [4, 3], lengths: int64([4, 2, 1]) }, attributes: { batch_axis: 1, time_axis: 0 } },
    { inputs: { x: [2, 3, 2], lengths: int64([3, 2]) }, attributes: { batch_axis: 0, time_axis: 1 } },
  ],
};

function padded(pads: readonly number[], mode = "constant", opset = 18): GradientCase {
  return { inputs: { x, pads: int64(pads) }, attributes: { mode }, opset };
}
