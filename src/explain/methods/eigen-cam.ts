/** @file Eigen-CAM. */

import type { ActivationMethod } from "../method.js";
import { firstComponent } from "./parts/principal-component.js";

const uncentred: ActivationMethod = {
  name: "eigen-cam-uncentred",
  title: "Eigen-CAM, not centred",
  paper: "Muhammad and Yeasin, IJCNN 2020",
  classBlind: true,
  needsGradient: false,
  build: (op, { activation }) => ({ evidence: firstComponent(op, activation, { centred: false }) }),
};

/**
 * Muhammad and Yeasin, "Eigen-CAM: Class Activation Map using Principal Components", IJCNN 2020: the activations, one row per
 * position, projected on their first right singular vector. As in pytorch-grad-cam the mean of each channel is subtracted
 * before; the paper's O = UΣVᵀ has the activations themselves: the variant `eigen-cam-uncentred`. The sign, which the
 * decomposition leaves open, is that of the mean activation. The map is the same for all classes.
 */
export const eigenCam: ActivationMethod = {
  name: "eigen-cam",
  title: "Eigen-CAM",
  paper: "Muhammad and Yeasin, IJCNN 2020",
  classBlind: true,
  needsGradient: false,
  build: (op, { activation }) => ({ evidence: firstComponent(op, activation) }),
  variants: [
    {
      method: uncentred,
      says: "the paper's: O V₁ of O = UΣVᵀ, without subtracting each channel's mean before",
    },
  ],
};
