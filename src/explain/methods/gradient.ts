/** @file The gradient at the image. */

import type { GradientMethod } from "../method.js";
import { largestOf } from "./parts/weighted-sum.js";

/**
 * Simonyan, Vedaldi and Zisserman, "Deep Inside Convolutional Networks: Visualising Image Classification Models and Saliency
 * Maps", ICLR 2014 workshop. Section 3.1: the map is maxₖ |∂y/∂xₖ| over the colour channels k; the attribution is ∂y/∂x.
 */
export const gradient: GradientMethod = {
  name: "gradient",
  title: "Gradient",
  aliases: ["saliency", "saliency-map", "vanilla-gradient", "vanilla-gradients"],
  paper: "Simonyan et al., ICLR 2014",
  at: "image",
  needsGradient: true,
  build: (op, { gradient }) => largestOf(op, gradient),
};
