/** @file Expected gradients. */

import type { SampledMethod } from "../method.js";
import { alongWay } from "./parts/sampling/along-way.js";
import { drawnSamples } from "./parts/sampling/drawn-samples.js";

/**
 * Erion, Janizek, Sturmfels, Lundberg and Lee, "Improving performance of deep learning models with axiomatic attribution priors and
 * expected gradients", Nature Machine Intelligence 2021, eq. 3: E over baselines x' of a background set D and α uniform in [0, 1] of
 * (x - x') ⊙ ∂y(x' + α(x - x'))/∂x, estimated by as many draws of both. The sum is y(x) less the mean of y over D but for the error of
 * sampling, which every explanation holds. D are the images of the explainer's option `baseline`; without any black, white and the
 * blurred image stand in, and a note says so.
 */
export const expectedGradients: SampledMethod<"attribution"> = {
  name: "expected-gradients",
  title: "Expected gradients",
  aliases: ["eg"],
  paper: "Erion et al., Nature Machine Intelligence 2021",
  ...alongWay,
  samples: 100,
  start: "several",
  sampling: drawnSamples,
};
