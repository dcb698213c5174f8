/** @file Grad-CAM++. */

import type { CamMethod, GradientMethod } from "../method.js";
import { type PixelWeights, plusPlusWeights } from "./parts/plus-plus-weights.js";
import { averagedSum, overPlaces } from "./parts/weighted-sum.js";

function gradCamPlusPlusWith(pixels: PixelWeights): GradientMethod["build"] {
  return (op, inputs) => {
    const { activation, gradient } = inputs;
    const square = op.Mul(gradient, gradient);
    const derivatives = {
      sum: overPlaces(op, activation),
      first: gradient,
      second: square,
      third: op.Mul(gradient, square),
    };
    return averagedSum(op, plusPlusWeights(op, derivatives, pixels), inputs, gradient);
  };
}

/** The part that all forms share. */
const base = { paper: "Chattopadhay et al., WACV 2018", needsGradient: true } as const;

const authors: CamMethod = {
  ...base,
  name: "grad-cam++-authors",
  title: "Grad-CAM++, as its authors' code",
  build: gradCamPlusPlusWith({ normalised: true }),
};

/**
 * Chattopadhay et al., "Grad-CAM++: Generalized Gradient-based Visual Explanations for Deep Convolutional Networks", WACV 2018.
 * Eq. 5: wₖ = Σᵢⱼ αₖᵢⱼ ReLU(∂Y/∂Aₖᵢⱼ) with Y = exp(y), for which eq. 19 becomes
 * αₖᵢⱼ = g² / (2g² + Σₐᵦ Aₖₐᵦ · g³) with g = ∂y/∂Aₖᵢⱼ; 0 where the denominator is. The factor exp(y), common to all weights of an
 * image, is left out: it changes the map's unit, not its picture. The authors' code keeps it, and divides the αₖᵢⱼ of each
 * channel by their sum over the places with g > 0, which changes the picture: the variant `grad-cam++-authors` (also without
 * the factor). pytorch-grad-cam adds 1e-6 to the denominator; torch-cam's alpha is left as g² by an assignment that is lost.
 */
export const gradCamPlusPlus: GradientMethod = {
  ...base,
  name: "grad-cam++",
  title: "Grad-CAM++",
  aliases: ["grad-cam-pp"],
  build: gradCamPlusPlusWith({}),
  variants: [
    {
      method: authors,
      says: "the authors' code: the αₖᵢⱼ of each channel are divided by their sum over the places with a positive gradient, so that wₖ = Σ αₖᵢⱼ g / Σ αₖᵢⱼ over these places",
    },
  ],
};
