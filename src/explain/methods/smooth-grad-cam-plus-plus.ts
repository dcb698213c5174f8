/** @file Smooth Grad-CAM++. */

import type { SampledMethod } from "../method.js";
import { averagedSum } from "./parts/averaged-sum.js";
import { noisySamples } from "./parts/noisy-samples.js";
import { plusPlusWeights } from "./parts/plus-plus-weights.js";
import { overPlaces } from "./parts/weighted-sum.js";

/**
 * Omeiza et al., "Smooth Grad-CAM++: An Enhanced Inference Level Visualization Technique for Deep Convolutional Neural Network
 * Models", 2019 (arXiv:1908.01224). Eq. 9 to 11: Grad-CAM++ with the means of g, g² and g³ over n images with normal noise in
 * the place of the gradient's powers; the activations are those of the image without noise.
 */
export const smoothGradCamPlusPlus: SampledMethod<"first" | "second" | "third"> = {
  name: "smooth-grad-cam++",
  title: "Smooth Grad-CAM++",
  aliases: ["smooth-grad-cam-pp"],
  paper: "Omeiza et al., arXiv 2019",
  needsGradient: true,
  samples: 25,
  noise: 0.15,
  sampling: (count) => noisySamples(count, ["first", "second", "third"]),
  each(op, { gradient }) {
    const second = op.Mul(gradient, gradient);
    return { first: gradient, second, third: op.Mul(gradient, second) };
  },
  combine(op, inputs, { sums }) {
    const weights = plusPlusWeights(op, { sum: overPlaces(op, inputs.activation), ...sums });
    return averagedSum(op, weights, inputs);
  },
};
