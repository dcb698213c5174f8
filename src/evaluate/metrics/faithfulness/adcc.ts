/** @file ADCC: average drop, coherency and complexity in one number. */

import { correlationOf } from "../../../explain/faithful/agreement.js";
import { at } from "../../../foundation/present.js";
import { drop, keptImage, keptProbability } from "../../trial/kept-image.js";
import { needsRise } from "../../trial/scale.js";
import { fullMap, shownMap } from "../../trial/trial.js";
import type { Metric } from "../metric.js";

/**
 * Poppi et al., "Revisiting the Evaluation of Class Activation Mapping for Explainability: A Novel Metric and Experimental Analysis",
 * CVPR Workshops 2021, eq. 7: the harmonic mean of coherency, 1 - complexity and 1 - average drop. Coherency (eq. 4) is Pearson's
 * correlation between the map and the map of the image times the map, brought from [-1, 1] to [0, 1]; complexity (eq. 5) is the
 * mean of the map, which is from 0 to 1; of the average drop see there. 0 to 1. Maps are divided by their peak; their minimum is not
 * subtracted.
 */
export const adcc: Metric = {
  name: "adcc",
  title: "ADCC",
  paper: "Poppi et al., CVPRW 2021",
  better: "higher",
  baseline: "a uniform map is as complex as can be: 0",
  passes: "3 inferences, 1 explanation",
  weakness: "A small map that stays where it is, whatever the image, is coherent and simple.",
  kind: "faithfulness",
  needs: needsRise,
  async measure(trial) {
    const lost = drop(await keptProbability(trial));
    if (lost === undefined) return undefined;
    const map = shownMap(trial);
    const again = at(await trial.explain(await keptImage(trial)), 0);
    // A map that is the same everywhere goes along with nothing.
    const alike = correlationOf(map.values, fullMap({ ...trial, map: again }).values) ?? 0;
    const coherency = (1 + alike) / 2;
    const complexity = map.values.reduce((sum, value) => sum + value, 0) / map.values.length;
    const parts = [coherency, 1 - complexity, 1 - lost];
    return parts.some((part) => part <= 0) ? 0 : parts.length / parts.reduce((sum, part) => sum + 1 / part, 0);
  },
};
