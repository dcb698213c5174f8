/** @file Smooth Grad-CAM++. */

import type { Naming, SampledMethod } from "../method.js";
import { type PixelWeights, plusPlusWeights } from "./parts/plus-plus-weights.js";
import { noisySamples } from "./parts/sampling/noisy-samples.js";
import { averagedSum, overPlaces } from "./parts/weighted-sum.js";

type Powers = "first" | "second" | "third";

function smoothWith(naming: Naming, pixels: PixelWeights): SampledMethod<Powers> {
  return {
    ...naming,
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
      const derivatives = { sum: overPlaces(op, inputs.activation), ...sums };
      return averagedSum(op, plusPlusWeights(op, derivatives, pixels), inputs, inputs.gradient);
    },
  };
}

const asPrinted = smoothWith(
  { name: "smooth-grad-cam++-paper", title: "Smooth Grad-CAM++, as the paper prints it" },
  { numerator: "first" },
);

/**
 * Omeiza et al., "Smooth Grad-CAM++: An Enhanced Inference Level Visualization Technique for Deep Convolutional Neural Network
 * Models", 2019 (arXiv:1908.01224). Eq. 9 to 11: Grad-CAM++ with the means D₁, D₂ and D₃ of g, g² and g³ over n images with normal
 * noise in the place of the gradient's powers; the activations are those of the image without noise. α is
 * D₂ / (2D₂ + ΣA · D₃), which is Grad-CAM++'s where there is no noise. The paper prints D₁ above the fraction line: the variant
 * `smooth-grad-cam++-paper`. wₖ = Σᵢⱼ α ReLU(D₁). torch-cam also has D₂ above the line, but Σ A ⊙ D₃ over the places in the place of
 * (Σ A) D₃ below it, the gradient of the last sample for D₁ in wₖ, and that sample's activations in the map. The noise's deviation is
 * 15 % of the image's range (torch-cam: 0.3 in the input's unit, n = 4).
 */
export const smoothGradCamPlusPlus: SampledMethod<Powers> = smoothWith(
  {
    name: "smooth-grad-cam++",
    title: "Smooth Grad-CAM++",
    aliases: ["smooth-grad-cam-pp"],
    variants: [
      {
        method: asPrinted,
        says: "the paper's letter: α = D₁ / (2D₂ + ΣA · D₃) with the mean gradient D₁ above the fraction line, where Grad-CAM++ has the mean square D₂",
      },
    ],
  },
  {},
);
