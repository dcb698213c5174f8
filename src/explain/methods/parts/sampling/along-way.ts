/** @file What methods have in common whose samples lie on ways from baselines to the image. */

import type { SampledMethod } from "../../../method.js";
import { sumOf } from "../weighted-sum.js";

/** (x - x') ⊙ ∂y/∂x at each sample; the sums are shares of y(x) - y(x'). */
export const alongWay: Pick<SampledMethod<"attribution">, "at" | "needsGradient" | "each" | "combine"> = {
  at: "image",
  needsGradient: true,
  each: { sum: "attribution", timesDistance: true },
  combine(op, _inputs, { sums: { attribution }, rise }) {
    const attributed = op.ReduceSum(attribution, op.ints([1, 2, 3]), { keepdims: 0 });
    return { ...sumOf(op, attribution), completeness: { attributed, total: rise() } };
  },
};
