/** @file Cases of the rules of operators that pick or place elements by their positions. */

import { int64, Tensor } from "../../../src/onnx/tensor.js";
import type { GradientCase } from "../../support/models/gradient-case.js";

const x = [3, 4, 5] as const;
const updated = { inputs: { x: [3, 4], indices: int64([2, 0, 1, 3], [2, 2]), updates: [2, 2] }, known: ["updates"] };
const placed = { inputs: { x: [3, 4], indices: int64([2, -3], [2, 1]), updates: [2, 4] }, known: ["updates"] };
const repeated = { inputs: { x: [3, 4], indices: int64([1, 1], [2, 1]), updates: [2, 4] }, known: ["updates"] };

function sliced(starts: number[], ends: number[], axes?: number[], steps?: number[]): GradientCase {
  const optional = (list: number[] | undefined) => list && int64(list);
  return { inputs: { x, starts: int64(starts), ends: int64(ends), axes: optional(axes), steps: optional(steps) } };
}

function gathered(indices: Tensor, axis: number): GradientCase {
  return { inputs: { x, indices }, attributes: { axis } };
}

export const indexingCases: Record<string, GradientCase[]> = {
  Slice: [
    sliced([1], [3]),
    sliced([0, 1], [2, -1]),
    sliced([1, -3], [1000, -1], [1, 2]),
    sliced([-1000, 2], [2, 2 ** 62], [-1, -3], [1, 1]),
    sliced([0], [5], [2], [2]),
    sliced([1], [5], [-1], [3]),
    sliced([-1, 2], [-1000, 0], [1, 2], [-1, -1]),
    sliced([3], [-1000], [1], [-2]),
    {
      inputs: {
        x,
        starts: new Tensor("int32", [1], Int32Array.of(-3)),
        ends: new Tensor("int32", [1], Int32Array.of(-1)),
        axes: new Tensor("int32", [1], Int32Array.of(1)),
      },
    },
    {
      inputs: { x },
      build: (op, [value]) => {
        const half = op.Div(op.Shape(value, { start: 2 }), op.ints([2]));
        return op.Slice(value, half, op.ints([99]), op.ints([2]), op.Identity(op.ints([1])));
      },
    },
  ],
  Gather: [
    gathered(int64([1], []), 0),
    gathered(int64([-1], []), 1),
    gathered(int64([2], []), -1),
    gathered(int64([-2]), 2),
    gathered(int64([0, 2, 2, 0]), 0),
    gathered(int64([-1, 3, 0]), 1),
    gathered(int64([4, 4, -1, 0, 1, 2], [2, 3]), -1),
    gathered(int64([0], [1, 1]), 1),
    { inputs: { x, indices: new Tensor("int32", [2], Int32Array.of(1, 1)) }, attributes: { axis: 1 } },
    { inputs: { x, indices: new Tensor("int32", [], Int32Array.of(-1)) }, attributes: { axis: 1 } },
  ],
  GatherElements: [
    { inputs: { x: [2, 3], indices: int64([0, 1, 1, 0, -1, 0], [2, 3]) } },
    { inputs: { x: [2, 3], indices: int64([2, 2, 0, -3], [2, 2]) }, attributes: { axis: 1 } },
    { inputs: { x: [2, 3], indices: int64([1, 1, 1], [1, 3]) }, attributes: { axis: -1 } },
  ],
  GatherND: [
    { inputs: { x, indices: int64([0, 1, 2, -1, 0, 1], [3, 2]) } },
    { inputs: { x, indices: int64([1, 2, 3, 1, 2, 3], [2, 3]) } },
    { inputs: { x, indices: int64([3, 0, 1], [3, 1]) }, attributes: { batch_dims: 1 } },
  ],
  TopK: [
    { inputs: { x, k: int64([2]) }, outputs: 2, separated: true },
    { inputs: { x, k: int64([3]) }, attributes: { axis: 1 }, outputs: 2, separated: true },
    { inputs: { x, k: int64([1]) }, attributes: { axis: 0, largest: 0 }, outputs: 2, separated: true },
    { inputs: { x, k: int64([5]) }, attributes: { axis: -1, sorted: 0 }, outputs: 2, separated: true },
  ],
  ScatterElements: [
    { ...updated, attributes: { axis: 1 } },
    { ...updated, inputs: { ...updated.inputs, indices: int64([2, 0, -3, 1], [2, 2]) } },
    { ...updated, attributes: { axis: -1, reduction: "add" } },
    {
      ...updated,
      inputs: { ...updated.inputs, indices: int64([1, 1, 1, 1], [2, 2]) },
      attributes: { axis: 1, reduction: "add" },
    },
  ],
  ScatterND: [
    placed,
    { ...placed, attributes: { reduction: "add" } },
    { ...repeated, attributes: { reduction: "add" } },
  ],
};
