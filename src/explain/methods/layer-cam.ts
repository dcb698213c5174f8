/** @file Layer-CAM. */

import type { GradientMethod } from "../method.js";
import { sumOf } from "./parts/weighted-sum.js";

/**
 * Jiang et al., "LayerCAM: Exploring Hierarchical Class Activation Maps for Localization", IEEE TIP 2021.
 * Eq. 6 and 7: Σₖ ReLU(∂y/∂Aₖ) ⊙ Aₖ.
 */
export const layerCam: GradientMethod = {
  name: "layer-cam",
  title: "Layer-CAM",
  paper: "Jiang et al., IEEE TIP 2021",
  placeExact: true,
  needsGradient: true,
  helpsAgainst: ["cancelled", "normalised"],
  build: (op, { activation, gradient }) => sumOf(op, op.Mul(op.Relu(gradient), activation)),
};
