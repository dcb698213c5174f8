/** @file Energy-based pointing game, as a metric. */

import { evidenceInside } from "../../trial/evidence.js";
import { fullMap } from "../../trial/trial.js";
import type { Metric } from "../metric.js";

/**
 * Wang et al., "Score-CAM: Score-Weighted Visual Explanations for Convolutional Neural Networks", CVPR Workshops 2020, section 4.3: the
 * share of the map's sum that lies on the object. 0 to 1; undefined for a map of zeros.
 */
export const energyPointingGame: Metric = {
  name: "energy-pointing-game",
  title: "Energy-based pointing game",
  paper: "Wang et al., CVPRW 2020",
  better: "higher",
  baseline: "a uniform map has the object's share of the area",
  passes: "none",
  weakness: "Large objects are easy, and what a class is told by may rightly lie beside the object.",
  kind: "localisation",
  measure: async (trial) => trial.boxes && evidenceInside(fullMap(trial), trial.boxes),
};
