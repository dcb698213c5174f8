/** @file Families of methods: what they make their maps of. */

import { type CamMethod, isPassMethod } from "../../explain/method.js";

/**
 * - `feature maps`: those of a layer, weighted (the CAM family);
 * - `gradients`: those at the pixels;
 * - `perturbation`: scores of images of which parts are hidden.
 */
export type MethodFamily = "feature maps" | "gradients" | "perturbation";

export function familyOf(method: CamMethod): MethodFamily {
  if (method.at !== "image") return "feature maps";
  return isPassMethod(method) ? "perturbation" : "gradients";
}
