/** @file Deletion. */

import { areaUnder, curveSteps, perturbationCurve, trialOrder } from "../../trial/perturbation-curve.js";
import type { Metric } from "../metric.js";

/**
 * Petsiuk et al., "RISE: Randomized Input Sampling for Explanation of Black-box Models", BMVC 2018, section 4.1: the pixels are set
 * to zero (of the model's input), those with the most evidence first; the area under the probability of the class. 0 to 1.
 */
export const deletion: Metric = {
  name: "deletion",
  title: "Deletion",
  paper: "Petsiuk et al., BMVC 2018",
  better: "lower",
  baseline: "taking random pixels, which also destroys textures and so falls fast",
  uniformIsChance: true,
  passes: `${curveSteps + 1} inferences`,
  weakness: "Images with holes are unlike anything that the network has seen: a drop may come from the holes.",
  kind: "faithfulness",
  async measure(trial) {
    return areaUnder(await perturbationCurve(trial, trialOrder(trial), { keep: 0, replacement: "zero" }));
  },
};
