/** @file GradientSHAP. */

import type { SampledMethod } from "../method.js";
import { alongWay } from "./parts/sampling/along-way.js";
import { drawnSamples } from "./parts/sampling/drawn-samples.js";

/**
 * Lundberg and Lee, "A Unified Approach to Interpreting Model Predictions", NeurIPS 2017, has Shapley values as expectations over
 * baselines; their package shap approximates those by gradients, and Captum calls that GradientShap: the mean over n samples of
 * (x̃ - x') ⊙ ∂y(x' + α(x̃ - x'))/∂x, each with a baseline x' drawn from several, α uniform in [0, 1], and x̃ = x + ε the image with
 * normal noise. The sum is y(x) less the mean of y(x') but for the error of sampling, which every explanation holds. Baselines are
 * black, white and the blurred image unless the explainer's option `baseline` says others. Without noise, the default of both
 * packages, the expectation is that of `expected-gradients`; the option `noise` puts some on.
 */
export const gradientShap: SampledMethod<"attribution"> = {
  name: "gradient-shap",
  title: "GradientSHAP",
  aliases: ["gradient-explainer"],
  paper: "Lundberg and Lee, NeurIPS 2017",
  ...alongWay,
  samples: 50,
  noise: 0,
  start: "several",
  sampling: drawnSamples,
};
