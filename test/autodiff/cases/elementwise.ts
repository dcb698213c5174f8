/** @file Cases of the rules of element-by-element arithmetic. */

import { dataTypes, float32, Tensor } from "../../../src/onnx/index.js";
import type { GradientCase } from "../../support/gradient-case.js";
import type { RandomTensorOptions } from "../../support/random-tensor.js";

/** Every way in which two operands can be broadcast against each other. */
const pairs: readonly (readonly [readonly number[], readonly number[]])[] = [
  [[2, 3], [2, 3]],
  [[2, 3], [3]],
  [[3], [2, 3]],
  [[2, 1], [1, 3]],
  [[2, 3], []],
  [[], [2, 3]],
  [[], []],
  [[1], [2, 3]],
  [[2, 3], [1, 1]],
  [[2, 3, 4], [3, 1]],
  [[1, 2, 1], [3, 1, 4]],
  [[2, 1, 2], [3, 2, 1, 2]],
]; // biome-ignore format: a pair a line

function broadcasts(a: RandomTensorOptions, b: RandomTensorOptions): GradientCase[] {
  return pairs.map(([first, second]) => ({ inputs: { a: first, b: second }, of: { a, b } }));
}

const anything = {};
const away = { interval: [0.5, 2] } as const;

export const elementwiseCases: Record<string, GradientCase[]> = {
  Add: broadcasts(anything, anything),
  Sub: broadcasts(anything, anything),
  Mul: broadcasts(anything, anything),
  Div: [...broadcasts(anything, away), { inputs: { a: [2, 3], b: [3] }, of: { b: { interval: [-2, -0.5] } } }],
  Pow: [
    ...broadcasts(away, { interval: [-2, 2] }),
    { inputs: { a: [2, 3], b: float32([], [2]) }, interval: [-1, 1] },
    { inputs: { a: [2, 3], b: float32([], [3]) }, interval: [-1, 1] },
    { inputs: { a: [2, 3], b: float32([], [0.5]) }, interval: [0.5, 2] },
    { inputs: { a: [2, 3], b: new Tensor("int64", [], BigInt64Array.of(2n)) }, interval: [-1, 1] },
  ],
  Neg: [{ inputs: { x: [2, 3] } }, { inputs: { x: [] } }],
  Exp: [{ inputs: { x: [2, 3] }, interval: [-2, 2] }],
  Log: [{ inputs: { x: [2, 3] }, interval: [0.5, 3] }],
  Sqrt: [{ inputs: { x: [2, 3] }, interval: [0.5, 3] }],
  Reciprocal: [
    { inputs: { x: [2, 3] }, interval: [0.5, 2] },
    { inputs: { x: [2, 3] }, interval: [-2, -0.5] },
  ],
  Abs: [{ inputs: { x: [3, 4] }, away: [0] }],
  Identity: [{ inputs: { x: [2, 3] } }],
  Where: [
    { inputs: { condition: mask([2, 3], 1, 0, 1, 0, 0, 1), a: [2, 3], b: [2, 3] } },
    { inputs: { condition: mask([2, 1], 1, 0), a: [3], b: [] } },
    { inputs: { condition: mask([3], 1, 0, 1), a: [2, 1], b: [1, 3] } },
    { inputs: { condition: mask([3, 1, 2], 1, 0, 1, 1, 0, 0), a: [2, 2], b: [2] } },
    { inputs: { condition: mask([], 1), a: [2, 1], b: [1, 3] } },
  ],
  Cast: [
    { inputs: { x: [2, 3] }, attributes: { to: dataTypes.float32 } },
    {
      inputs: { x: [2, 3] },
      build: (op, [x]) => op.Cast(op.Cast(x, { to: dataTypes.float64 }), { to: dataTypes.float32 }),
    },
    {
      inputs: { x: [2, 3] },
      build: (op, [x]) => {
        const wide = op.Cast(x, { to: dataTypes.float64 });
        return op.Cast(op.Mul(wide, wide), { to: dataTypes.float32 });
      },
    },
    {
      inputs: { x: [2, 3] },
      build: (op, [x]) => {
        const whole = op.Cast(op.Floor(x), { to: dataTypes.int64 });
        return op.Mul(x, op.Cast(whole, { to: dataTypes.float32 }));
      },
      away: [-1, 0, 1],
      interval: [-2, 2],
    },
  ],
  CastLike: [
    { inputs: { x: [2, 3], like: float32([], [0]) } },
    {
      inputs: { x: [2, 3] },
      build: (op, [x]) => op.CastLike(op.Cast(x, { to: dataTypes.float64 }), op.scalar(0)),
    },
  ],
  Dropout: [
    { inputs: { x: [2, 3] } },
    { inputs: { x: [2, 3], ratio: float32([], [0.5]), training: mask([], 0) } },
    { inputs: { x: [4, 5], ratio: float32([], [0.3]), training: mask([], 1) }, attributes: { seed: 7 }, fresh: true },
    { inputs: { x: [4, 5], ratio: undefined, training: mask([], 1) }, attributes: { seed: 7 }, fresh: true },
    { inputs: { x: [4, 5], ratio: float32([], [0]), training: mask([], 1) }, attributes: { seed: 7 }, fresh: true },
  ],
};

function mask(dims: readonly number[], ...elements: number[]): Tensor {
  return new Tensor("bool", dims, Uint8Array.from(elements));
}
