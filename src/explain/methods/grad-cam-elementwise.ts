/** @file Element-wise Grad-CAM. */

import type { GradientMethod } from "../method.js";
import { sumOf } from "./parts/weighted-sum.js";

/**
 * HiResCAM with only the evidence for the class in each element: Σₖ ReLU(∂y/∂Aₖ ⊙ Aₖ). Described by Pillai and Pirsiavash,
 * "Explainable Models with Consistent Interpretations", AAAI 2021, section 3, and known from pytorch-grad-cam by this name.
 */
export const gradCamElementwise: GradientMethod = {
  name: "grad-cam-elementwise",
  title: "Element-wise Grad-CAM",
  aliases: ["element-wise-grad-cam", "grad-cam-ew"],
  paper: "Pillai and Pirsiavash, AAAI 2021",
  placeExact: true,
  needsGradient: true,
  helpsAgainst: ["cancelled", "normalised"],
  build: (op, { activation, gradient }) => sumOf(op, op.Relu(op.Mul(gradient, activation))),
};
