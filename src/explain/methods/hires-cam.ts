/** @file HiResCAM. */

import type { GradientMethod } from "../method.js";
import { signedSumOf } from "./parts/weighted-sum.js";

/**
 * Draelos and Carin, "Use HiResCAM instead of Grad-CAM for faithful explanations of convolutional neural networks", 2020
 * (arXiv:2011.08891). Eq. 4: Σₖ ∂y/∂Aₖ ⊙ Aₖ, the gradient not averaged over places.
 */
export const hiresCam: GradientMethod = {
  name: "hires-cam",
  title: "HiResCAM",
  paper: "Draelos and Carin, arXiv 2020",
  placeExact: true,
  needsGradient: true,
  helpsAgainst: ["cancelled"],
  build: (op, { activation, gradient }) => signedSumOf(op, op.Mul(gradient, activation)),
};
