/** @file XGrad-CAM. */

import type { GradientMethod } from "../method.js";
import { averagedSum, overPlaces } from "./parts/weighted-sum.js";

/**
 * Fu et al., "Axiom-based Grad-CAM: Towards Accurate Visualization and Explanation of CNNs", BMVC 2020.
 * Eq. 8: wₖ = Σᵢⱼ (Aₖᵢⱼ / Σₐᵦ Aₖₐᵦ) ∂y/∂Aₖᵢⱼ; 0 for a channel whose activations sum to 0. The evidence is Σₖ wₖ Aₖ.
 * pytorch-grad-cam adds 1e-7 to the sum that is divided by.
 */
export const xgradCam: GradientMethod = {
  name: "xgrad-cam",
  title: "XGrad-CAM",
  paper: "Fu et al., BMVC 2020",
  needsGradient: true,
  build(op, inputs) {
    const { activation, gradient } = inputs;
    const sum = overPlaces(op, activation);
    const isZero = op.Equal(sum, op.scalar(0));
    const share = op.Div(overPlaces(op, op.Mul(activation, gradient)), op.Where(isZero, op.scalar(1), sum));
    const weights = op.Squeeze(op.Where(isZero, op.scalar(0), share), op.ints([2, 3]));
    return averagedSum(op, weights, inputs, gradient);
  },
};
