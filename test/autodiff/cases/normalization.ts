/** @file Cases of the rules of normalisation layers. */

import { float } from "../../../src/onnx/builder.js";
import type { GradientCase } from "../../support/models/gradient-case.js";

const positive = { interval: [0.5, 2] } as const;

function batch(x: readonly number[], more: Partial<GradientCase> = {}): GradientCase {
  const c = [x[1] as number];
  return {
    inputs: { x, scale: c, bias: c, mean: c, variance: c },
    known: ["scale", "bias", "mean", "variance"],
    of: { scale: positive, variance: positive },
    refused: ["nothing"],
    ...more,
  };
}

function training(x: readonly number[], momentum: number | undefined): GradientCase {
  const attributes = { training_mode: 1, ...(momentum === undefined ? {} : { momentum: float(momentum) }) };
  return batch(x, { attributes, outputs: 3 });
}

type Sizes = readonly number[];

/** With and without a bias; both belong to all axes from `axis` on. */
function layer(x: Sizes, axis: number | undefined, scale: Sizes, opset = 18): GradientCase[] {
  const attributes: Record<string, number> = axis === undefined ? {} : { axis };
  const common = { attributes, opset, known: ["scale", "bias"], of: { scale: positive } };
  return [
    { ...common, inputs: { x, scale } },
    { ...common, inputs: { x, scale, bias: scale }, attributes: { ...attributes, epsilon: float(0.01) } },
  ];
}

function rootMeanSquare(x: Sizes, axis: number | undefined, scale: Sizes): GradientCase[] {
  return layer(x, axis, scale, 23).slice(0, 1);
}

function group(x: Sizes, num_groups: number, size: number, more: Partial<GradientCase> = {}): GradientCase {
  const inputs = { x, scale: [size], bias: [size] };
  return { inputs, attributes: { num_groups }, known: ["scale", "bias"], of: { scale: positive }, ...more };
}

function instance(x: Sizes, attributes: NonNullable<GradientCase["attributes"]> = {}): GradientCase {
  const inputs = { x, scale: [x[1] as number], bias: [x[1] as number] };
  return { inputs, attributes, known: ["scale", "bias"], of: { scale: positive } };
}

const neighbours = { alpha: float(0.8), beta: float(0.6), bias: float(1.5) };

export const normalizationCases: Record<string, GradientCase[]> = {
  BatchNormalization: [
    batch([2, 3, 4, 5]),
    batch([2, 3, 4, 5], { attributes: { epsilon: float(0.1) } }),
    batch([4, 3]),
    batch([2, 3, 5]),
    batch([1, 2, 2, 3, 2]),
    ...[0, 0.9, undefined].map((momentum) => training([3, 2, 4, 4], momentum)),
    ...[0, 0.9].map((momentum) => training([6, 3], momentum)),
    ...[0, 0.5].map((momentum) => training([2, 3, 5], momentum)),
  ],
  LayerNormalization: [
    ...layer([2, 3, 8], undefined, [8]),
    ...layer([2, 3, 8], -1, [8]),
    ...layer([2, 3, 8], 2, [8]),
    ...layer([2, 3, 4], 1, [3, 4]),
    ...layer([2, 3, 4], -2, [3, 4]),
    ...layer([2, 3, 4], -2, [4]),
    ...layer([3, 4], 0, [3, 4]),
    ...layer([2, 5, 3, 6], 3, [6]),
  ],
  RMSNormalization: [
    ...rootMeanSquare([2, 3, 8], undefined, [8]),
    ...rootMeanSquare([2, 3, 4], 1, [3, 4]),
    ...rootMeanSquare([2, 3, 4], -2, [4]),
  ],
  GroupNormalization: [
    group([2, 4, 3, 3], 2, 4, { opset: 21 }),
    group([2, 4, 3, 3], 1, 4, { opset: 21 }),
    group([2, 4, 3, 3], 4, 4, { opset: 21 }),
    group([2, 6, 5], 3, 6, { opset: 21 }),
    group([2, 4, 3, 3], 2, 2, { newest: 18 }),
    group([2, 4, 3, 3], 4, 4),
  ],
  InstanceNormalization: [
    instance([2, 3, 4, 4]),
    instance([2, 3, 4, 4], { epsilon: float(0.1) }),
    instance([2, 3, 6]),
    instance([1, 2, 2, 3, 2]),
  ],
  MeanVarianceNormalization: [
    { inputs: { x: [3, 2, 3, 3] } },
    { inputs: { x: [3, 2, 3, 3] }, attributes: { axes: [0, 1, 2, 3] } },
  ],
  LpNormalization: [1, 2].flatMap((p) =>
    [-1, 0, 1].map((axis) => ({ inputs: { x: [3, 4, 5] }, attributes: { p, axis }, away: [0] })),
  ),
  LRN: [
    { inputs: { x: [2, 5, 3, 2] }, attributes: { size: 3 } },
    { inputs: { x: [2, 5, 3, 2] }, attributes: { size: 3, ...neighbours } },
    { inputs: { x: [2, 5, 3, 2] }, attributes: { size: 5, ...neighbours } },
    { inputs: { x: [2, 5, 3, 2] }, attributes: { size: 1, ...neighbours } },
  ],
};
