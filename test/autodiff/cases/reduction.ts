/** @file Cases of the rules of reductions. */

import { float32, int64, type Tensor } from "../../../src/onnx/tensor.js";
import type { GradientCase } from "../../support/models/gradient-case.js";
import type { RandomTensorOptions } from "../../support/models/random-tensor.js";

const x = [2, 3, 4] as const;

/** Every form of the axes: some, all, absent, empty. */
function reductions(options: RandomTensorOptions = {}): GradientCase[] {
  const axes = [[0], [1], [-1], [0, 2], [0, 1, 2]].map((list) => int64(list));
  const forms: Pick<GradientCase, "inputs" | "attributes">[] = [
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
  return forms.map((form) => ({ ...form, ...options }));
}

/** A product where the constant puts zeros: none, one or two in a row. */
function withZeros(factors: Tensor): GradientCase {
  const build: GradientCase["build"] = (op, [value, mask]) => op.ReduceProd(op.Mul(value, mask), op.ints([1]));
  return { inputs: { x: [3, 3], factors }, interval: [0.5, 1.5], build };
}

const positive = { interval: [0.5, 2] } as const;

export const reductionCases: Record<string, GradientCase[]> = {
  ReduceMean: reductions(),
  ReduceSum: reductions(),
  ReduceMax: reductions({ separated: true }),
  ReduceMin: reductions({ separated: true }),
  ReduceProd: [...reductions({ interval: [0.7, 1.3] }), withZeros(float32([3, 3], [1, 1, 1, 1, 0, 1, 0, 1, 0]))],
  ReduceSumSquare: reductions(),
  ReduceL1: reductions({ away: [0] }),
  ReduceL2: reductions({ away: [0] }),
  ReduceLogSum: reductions(positive),
  ReduceLogSumExp: reductions(),
};
