/** @file Pointing game, as a metric. */

import { pointingGame as hits } from "../../trial/evidence.js";
import { fullMap } from "../../trial/trial.js";
import type { Metric } from "../metric.js";

/**
 * Zhang et al., "Top-down Neural Attention by Excitation Backprop", ECCV 2016, section 4.1, without a tolerance: 1 where the map's
 * maximum lies on the object, else 0; the mean over images is a share. Undefined for a map of zeros.
 */
export const pointingGame: Metric = {
  name: "pointing-game",
  title: "Pointing game",
  paper: "Zhang et al., ECCV 2016",
  better: "higher",
  baseline:
    "a random point: the object's share of the area; the centre is often right, because objects are photographed there",
  passes: "none",
  weakness: "One pixel decides, and the network may rightly look elsewhere than at the object.",
  kind: "localisation",
  measure: async (trial) => trial.boxes && hits(fullMap(trial), trial.boxes),
};
