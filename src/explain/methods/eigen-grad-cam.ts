/** @file EigenGrad-CAM. */

import type { GradientMethod } from "../method.js";
import { firstComponent } from "./parts/principal-component.js";

/**
 * Eigen-CAM (Muhammad and Yeasin, IJCNN 2020) of the gradient times the activation, which makes it depend on the class: the first
 * principal component of ∂y/∂Aₖ ⊙ Aₖ. Known from pytorch-grad-cam by this name; there is no paper of its own.
 */
export const eigenGradCam: GradientMethod = {
  name: "eigen-grad-cam",
  title: "EigenGrad-CAM",
  paper: "after Muhammad and Yeasin, IJCNN 2020",
  needsGradient: true,
  build(op, { activation, gradient }) {
    return { evidence: firstComponent(op, op.Mul(gradient, activation)) };
  },
};
