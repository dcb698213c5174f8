/** @file Guided backpropagation. */

import type { GradientMethod } from "../method.js";
import { guidedGradient, rectified } from "./parts/guided-gradient.js";
import { largestOf } from "./parts/weighted-sum.js";

/**
 * Springenberg et al., "Striving for Simplicity: The All Convolutional Net", ICLR 2015 workshop, section 3.4: the gradient at the
 * image, where rectifiers pass positive gradients only. The map is the largest magnitude over the colour channels.
 * It shows edges rather than reasons: it hardly changes when the weights are randomised (Adebayo et al., NeurIPS 2018).
 */
export const guidedBackprop: GradientMethod = {
  name: "guided-backprop",
  title: "Guided backpropagation",
  aliases: ["gbp", "guided-bp"],
  paper: "Springenberg et al., ICLR 2015",
  worksOn: rectified,
  at: "image",
  needsGradient: true,
  build: (op, inputs) => largestOf(op, guidedGradient(inputs)),
};
