/** @file Gradient times input. */

import type { GradientMethod } from "../method.js";
import { signedSumOf } from "./parts/weighted-sum.js";

/**
 * Shrikumar et al., "Not Just a Black Box: Learning Important Features Through Propagating Activation Differences", 2016
 * (arXiv:1605.01713): x ⊙ ∂y/∂x of the normalised input, summed over the colour channels. Black is not zero after a normalisation.
 */
export const gradientXInput: GradientMethod = {
  name: "gradient-x-input",
  title: "Gradient x input",
  aliases: ["input-x-gradient", "gradient-times-input", "gradient-input", "grad-x-input"],
  paper: "Shrikumar et al., arXiv 2016",
  at: "image",
  needsGradient: true,
  build: (op, { activation, gradient }) => signedSumOf(op, op.Mul(activation, gradient)),
};
