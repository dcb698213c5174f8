/** @file Guided Grad-CAM. */

import type { GradientMethod } from "../method.js";
import { gradCam } from "./grad-cam.js";
import { guidedGradient, rectified } from "./parts/guided-gradient.js";
import { largestOf } from "./parts/weighted-sum.js";

/**
 * Selvaraju et al., "Grad-CAM: Visual Explanations from Deep Networks via Gradient-based Localization", IJCV 2020, section 3.4:
 * guided backpropagation times Grad-CAM at the layer, rectified and brought to the image's size bilinearly. The map is the largest
 * magnitude over the colour channels. The warning about guided backpropagation holds for its fine structure. Captum enlarges with
 * the nearest value unless it is told `bilinear`.
 */
export const guidedGradCam: GradientMethod = {
  name: "guided-grad-cam",
  title: "Guided Grad-CAM",
  paper: "Selvaraju et al., IJCV 2020",
  worksOn: rectified,
  needsGradient: true,
  fine: true,
  build(op, inputs) {
    const { evidence } = gradCam.build(op, inputs);
    const guided = guidedGradient(inputs);
    return largestOf(op, op.Mul(inputs.atImage(op.Relu(evidence)), guided));
  },
};
