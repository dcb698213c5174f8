/** @file SmoothGrad. */

import type { SampledMethod } from "../method.js";
import { noisySamples } from "./parts/sampling/noisy-samples.js";
import { largestOf } from "./parts/weighted-sum.js";

/**
 * Smilkov et al., "SmoothGrad: removing noise by adding noise", 2017 (arXiv:1706.03825): the mean of ∂y/∂x over n images with
 * normal noise, whose deviation is 15% of the image's range (the paper's figures use 10% to 20%, and n = 50). The map is the
 * largest magnitude over the colour channels.
 */
export const smoothGrad: SampledMethod<"mean"> = {
  name: "smooth-grad",
  title: "SmoothGrad",
  paper: "Smilkov et al., arXiv 2017",
  at: "image",
  needsGradient: true,
  samples: 50,
  noise: 0.15,
  sampling: (count) => noisySamples(count, ["mean"]),
  each: { sum: "mean", timesDistance: false },
  combine: (op, _inputs, { sums: { mean } }) => largestOf(op, mean),
};
