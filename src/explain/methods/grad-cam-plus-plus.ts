/** @file Grad-CAM++. */

import type { GradientMethod } from "../method.js";
import { averagedSum } from "./parts/averaged-sum.js";
import { plusPlusWeights } from "./parts/plus-plus-weights.js";
import { overPlaces } from "./parts/weighted-sum.js";

/**
 * Chattopadhay et al., "Grad-CAM++: Generalized Gradient-based Visual Explanations for Deep Convolutional Networks", WACV 2018.
 * Eq. 5: wₖ = Σᵢⱼ αₖᵢⱼ ReLU(∂Y/∂Aₖᵢⱼ) with Y = exp(y), for which eq. 19 becomes
 * αₖᵢⱼ = g² / (2g² + Σₐᵦ Aₖₐᵦ · g³) with g = ∂y/∂Aₖᵢⱼ; 0 where the denominator is. The factor exp(y), common to all weights of an
 * image, is left out, as in the authors' code.
 */
export const gradCamPlusPlus: GradientMethod = {
  name: "grad-cam++",
  title: "Grad-CAM++",
  aliases: ["grad-cam-pp"],
  paper: "Chattopadhay et al., WACV 2018",
  needsGradient: true,
  build(op, { activation, gradient }) {
    const weights = plusPlusWeights(op, {
      sum: overPlaces(op, activation),
      first: gradient,
      second: op.Mul(gradient, gradient),
      third: op.Mul(gradient, op.Mul(gradient, gradient)),
    });
    return averagedSum(op, weights, { activation, gradient });
  },
};
