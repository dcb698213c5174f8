/** @file Average drop. */

import { drop, keptProbability } from "../../trial/kept-image.js";
import { needsRise } from "../../trial/scale.js";
import type { Metric } from "../metric.js";

/**
 * Chattopadhay et al., "Grad-CAM++: Generalized Gradient-based Visual Explanations for Deep Convolutional Networks", WACV 2018,
 * section 4.1: max(0, Y - O) / Y, where Y is the probability of the class for the image and O that for the image times its map.
 * Here Y - E is what can be lost, with the probability E of an empty image, and 1 the most (`drop`); the paper has E = 0. 0 to 1; the
 * paper gives per cent.
 */
export const averageDrop: Metric = {
  name: "average-drop",
  title: "Average drop",
  paper: "Chattopadhay et al., WACV 2018",
  better: "lower",
  baseline: "a uniform map keeps the whole image and loses nothing",
  passes: "3 inferences",
  weakness: "The more a map covers the better it does: a map that is 1 everywhere is perfect.",
  kind: "faithfulness",
  needs: needsRise,
  measure: async (trial) => drop(await keptProbability(trial)),
};
