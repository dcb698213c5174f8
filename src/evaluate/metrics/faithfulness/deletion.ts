/** @file Deletion. */

import { curveSteps, perturbationCurve, trialOrder } from "../../trial/perturbation-curve.js";
import { needsRise, scaledArea } from "../../trial/scale.js";
import type { Metric } from "../metric.js";

/**
 * Petsiuk et al., "RISE: Randomized Input Sampling for Explanation of Black-box Models", BMVC 2018, section 4.1: the pixels are set
 * to zero (of the model's input), those with the most evidence first; the area under the probability of the class. The paper's floor
 * is 0 and its ceiling 1; here they are the probabilities of the empty and the whole image (`onScale`). Mostly 0 to 1.
 */
export const deletion: Metric = {
  name: "deletion",
  title: "Deletion",
  paper: "Petsiuk et al., BMVC 2018",
  better: "lower",
  baseline: "taking random pixels, which also destroys textures and so falls fast",
  passes: `${curveSteps + 1} inferences`,
  weakness: "Images with holes are unlike anything that the network has seen: a drop may come from the holes.",
  kind: "faithfulness",
  needs: needsRise,
  async measure(trial) {
    return scaledArea(await perturbationCurve(trial, trialOrder(trial), { keep: 0, replacement: "zero" }), 0);
  },
};
