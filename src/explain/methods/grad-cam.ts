/** @file Grad-CAM. */

import type { GradientMethod } from "../method.js";
import { spatialMean } from "./parts/spatial-mean.js";
import { averagedSum } from "./parts/weighted-sum.js";

/**
 * Selvaraju et al., "Grad-CAM: Visual Explanations from Deep Networks via Gradient-based Localization", IJCV 2020.
 * Eq. 1: αₖᶜ = 1/Z Σᵢⱼ ∂yᶜ/∂Aₖᵢⱼ; eq. 2: Lᶜ = ReLU(Σₖ αₖᶜ Aₖ). The evidence is the sum before the ReLU.
 */
export const gradCam: GradientMethod = {
  name: "grad-cam",
  title: "Grad-CAM",
  paper: "Selvaraju et al., IJCV 2020",
  needsGradient: true,
  helpsAgainst: ["normalised"],
  build: (op, inputs) => averagedSum(op, spatialMean(op, inputs.gradient), inputs, inputs.gradient),
};
