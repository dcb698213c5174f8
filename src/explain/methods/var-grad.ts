/** @file VarGrad. */

import type { SampledMethod } from "../method.js";
import { noisySamples } from "./parts/sampling/noisy-samples.js";
import { sumOf } from "./parts/weighted-sum.js";
import { smoothGrad } from "./smooth-grad.js";

/**
 * Adebayo et al., "Local Explanation Methods for Deep Neural Networks Lack Sensitivity to Parameter Values", ICLR 2018 workshop:
 * the variance of ∂y/∂x over the noisy images of SmoothGrad, the mean square less the square of the mean (as Captum, not over
 * n - 1), summed over the colour channels; never negative.
 */
export const varGrad: SampledMethod<"mean" | "square"> = {
  ...smoothGrad,
  name: "var-grad",
  title: "VarGrad",
  paper: "Adebayo et al., ICLR 2018",
  sampling: (count) => noisySamples(count, ["mean", "square"]),
  each: (op, { gradient }) => ({ mean: gradient, square: op.Mul(gradient, gradient) }),
  combine(op, _inputs, { sums: { mean, square } }) {
    return sumOf(op, op.Relu(op.Sub(square, op.Mul(mean, mean))));
  },
};
