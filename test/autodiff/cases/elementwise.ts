/** @file Cases of the rules of element-by-element arithmetic. */

import { dataTypes, float32, Tensor } from "../../../src/onnx/tensor.js";
import type { GradientCase } from "../../support/models/gradient-case.js";
import type { RandomTensorOptions } from "../../support/models/random-tensor.js";

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

/** Max and Min: `separated` operands, the second one shifted by half a step, so that no two elements are equal. */
function extrema(): GradientCase[] {
  return [
    ...pairs.map(([a, b]) => ({ inputs: { a, b }, of: { a: even, b: odd } })),
    { inputs: { a: [2, 3], b: [3], c: [2, 1] }, of: { a: even, b: odd, c: between } },
    { inputs: { a: [2, 3] } },
  ];
}

function variadic(name: string): GradientCase[] {
  return [
    ...broadcasts(anything, anything),
    { inputs: { a: [2, 3], b: [3], c: [2, 1] } },
    { inputs: { a: [], b: [4, 1, 3], c: [2, 1], d: [1] } },
    { inputs: { a: [2, 3] } },
    { inputs: { a: [2, 3], b: [3] }, build: (op, [a, b]) => op.node(name, [a, b, a])[0] as string },
  ];
}

function inside(...interval: [number, number]): GradientCase[] {
  return [{ inputs: { x: [3, 4] }, interval }];
}

const even = { separated: true };
const odd = { separated: true, offset: 0.05 };
const between = { separated: true, offset: 0.025 };
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
  Max: extrema(),
  Min: extrema(),
  Sum: variadic("Sum"),
  Mean: variadic("Mean"),
  Mod: [
    {
      inputs: { a: [], b: [] },
      attributes: { fmod: 1 },
      of: { a: { interval: [5, 5.1] }, b: { interval: [1.4, 1.5] } },
    },
    {
      inputs: { a: [], b: [] },
      attributes: { fmod: 1 },
      of: { a: { interval: [-5.1, -5] }, b: { interval: [1.4, 1.5] } },
    },
    {
      inputs: { a: [2, 3], b: [3] },
      attributes: { fmod: 1 },
      of: { a: { interval: [5, 5.1] }, b: { interval: [-1.5, -1.4] } },
    },
    {
      inputs: { a: [3], b: [2, 1] },
      attributes: { fmod: 1 },
      of: { a: { interval: [0.1, 0.9] }, b: { interval: [1, 2] } },
    },
  ],
  Sin: inside(-3, 3),
  Cos: inside(-3, 3),
  Tan: inside(-1, 1),
  Asin: inside(-0.8, 0.8),
  Acos: inside(-0.8, 0.8),
  Atan: inside(-3, 3),
  Sinh: inside(-2, 2),
  Cosh: inside(-2, 2),
  Asinh: inside(-3, 3),
  Acosh: inside(1.5, 4),
  Atanh: inside(-0.8, 0.8),
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
