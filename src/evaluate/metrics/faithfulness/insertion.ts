/** @file Insertion. */

import { curveSteps, perturbationCurve, trialOrder } from "../../trial/perturbation-curve.js";
import { needsRise, scaledArea } from "../../trial/scale.js";
import type { Metric } from "../metric.js";

/**
 * Petsiuk et al., "RISE: Randomized Input Sampling for Explanation of Black-box Models", BMVC 2018, section 4.1: pixels are put onto
 * the blurred image, those with the most evidence first; the area under the probability of the class. The paper's floor
 * is 0 and its ceiling 1; here they are the probabilities of the empty and the whole image (`onScale`). Mostly 0 to 1.
 */
export const insertion: Metric = {
  name: "insertion",
  title: "Insertion",
  paper: "Petsiuk et al., BMVC 2018",
  better: "higher",
  baseline: "giving random pixels",
  passes: `${curveSteps + 1} inferences`,
  weakness: "A class that survives the blur, or that its surroundings give away, scores high with any map.",
  kind: "faithfulness",
  needs: needsRise,
  async measure(trial) {
    return scaledArea(await perturbationCurve(trial, trialOrder(trial), { keep: 1, replacement: "blur" }), 1);
  },
};
