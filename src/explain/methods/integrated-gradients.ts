/** @file Integrated gradients. */

import type { SampledMethod } from "../method.js";
import { gaussLegendre } from "./parts/gauss-legendre.js";
import { sumOf } from "./parts/weighted-sum.js";

/**
 * Sundararajan, Taly and Yan, "Axiomatic Attribution for Deep Networks", ICML 2017. Eq. 1: (x - x') ⊙ ∫₀¹ ∂y(x' + α(x - x'))/∂x dα,
 * the integral by Gauss-Legendre quadrature as in Captum. Completeness: the attribution's sum is y(x) - y(x') but for the error of
 * the quadrature, which every explanation holds.
 */
export const integratedGradients: SampledMethod<"integral"> = {
  name: "integrated-gradients",
  title: "Integrated gradients",
  aliases: ["ig", "integrated-gradient", "int-grad"],
  paper: "Sundararajan et al., ICML 2017",
  at: "image",
  needsGradient: true,
  samples: 32,
  sampling: (count) => gaussLegendre(count).map(({ at, weight }) => ({ at, weights: { integral: weight } })),
  each: (_op, { gradient }) => ({ integral: gradient }),
  combine(op, { image }, { sums, baseline, rise }) {
    const attribution = op.Mul(op.Sub(image, baseline), sums.integral);
    const attributed = op.ReduceSum(attribution, op.ints([1, 2, 3]), { keepdims: 0 });
    return { ...sumOf(op, attribution), completeness: { attributed, total: rise() } };
  },
};
