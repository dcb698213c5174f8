/** @file Eigen-CAM. */

import type { ActivationMethod } from "../method.js";
import { firstComponent } from "./parts/principal-component.js";

/**
 * Muhammad and Yeasin, "Eigen-CAM: Class Activation Map using Principal Components", IJCNN 2020: the activations, one row per
 * position, projected on their first right singular vector. As in pytorch-grad-cam the mean of each channel is subtracted
 * before. The sign, which the decomposition leaves open, is that of the mean activation. The map is the same for all classes.
 */
export const eigenCam: ActivationMethod = {
  name: "eigen-cam",
  title: "Eigen-CAM",
  paper: "Muhammad and Yeasin, IJCNN 2020",
  classBlind: true,
  needsGradient: false,
  build: (op, { activation }) => ({ evidence: firstComponent(op, activation) }),
};
