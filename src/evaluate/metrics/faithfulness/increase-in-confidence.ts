/** @file Increase in confidence. */

import { keptProbability } from "../../trial/kept-image.js";
import { needsRise, onScale } from "../../trial/scale.js";
import type { Metric } from "../metric.js";

/**
 * Chattopadhay et al., WACV 2018, section 4.1: 1 where the image times its map has a higher probability of the class than the
 * image itself, else 0; the mean over images is a share. An image whose class an empty one has as well is not counted: there less is more
 * with any map.
 */
export const increaseInConfidence: Metric = {
  name: "increase-in-confidence",
  title: "Increase in confidence",
  paper: "Chattopadhay et al., WACV 2018",
  better: "higher",
  baseline: "a uniform map changes nothing, which is no increase",
  passes: "3 inferences",
  weakness: "It counts rises and not their size, and where the network is already sure there is nothing to gain.",
  kind: "faithfulness",
  needs: needsRise,
  async measure(trial) {
    const { whole, kept, empty } = await keptProbability(trial);
    if (onScale(kept, { whole, empty }) === undefined) return undefined;
    return kept > whole ? 1 : 0;
  },
};
