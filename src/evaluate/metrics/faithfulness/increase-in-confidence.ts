/** @file Increase in confidence. */

import { keptProbability } from "../../trial/kept-image.js";
import type { Metric } from "../metric.js";

/**
 * Chattopadhay et al., WACV 2018, section 4.1: 1 where the image times its map has a higher probability of the class than the
 * image itself, else 0; the mean over images is a share.
 */
export const increaseInConfidence: Metric = {
  name: "increase-in-confidence",
  title: "Increase in confidence",
  paper: "Chattopadhay et al., WACV 2018",
  better: "higher",
  baseline: "a uniform map changes nothing, which is no increase",
  passes: "2 inferences",
  weakness: "It counts rises and not their size, and where the network is already sure there is nothing to gain.",
  kind: "faithfulness",
  async measure(trial) {
    const { whole, kept } = await keptProbability(trial);
    return kept > whole ? 1 : 0;
  },
};
