/** @file ROAD: remove and debias. */

import { at } from "../../../foundation/present.js";
import { firstPixels, inBatches, trialOrder, untouched } from "../../trial/perturbation-curve.js";
import { needsRise, onScale } from "../../trial/scale.js";
import { oncePerTrial, sizeOfInput, type Trial } from "../../trial/trial.js";
import type { Metric } from "../metric.js";

/** Shares of the pixels that are removed, as in the authors' experiments. */
const shares = [0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 0.9];

/** The probability of an image of which nothing is left but what imputation makes of nothing. */
const emptied = oncePerTrial(async (trial: Trial) => {
  const { network, image, target, seed } = trial;
  const { width, height } = sizeOfInput(trial);
  const nothing = new Float32Array(width * height);
  return at(await network.probabilities(await network.imputed(image, [nothing], seed), target), 0);
});

/** Mean probability of the class after removing pixels in an order, on the scale from the empty to the whole image. */
async function meanProbability(trial: Trial, order: Uint32Array): Promise<number | undefined> {
  const { network, image, target, seed } = trial;
  const probabilities = await inBatches(shares, async (some) => {
    const keeps = some.map((share) => firstPixels(order, share, 0));
    return network.probabilities(await network.imputed(image, keeps, seed), target);
  });
  const mean = probabilities.reduce((sum, value) => sum + value, 0) / shares.length;
  return onScale(mean, { whole: await untouched(trial), empty: await emptied(trial) });
}

const mostFirst = oncePerTrial(async (trial) => meanProbability(trial, trialOrder(trial)));
const leastFirst = oncePerTrial(async (trial) => meanProbability(trial, trialOrder(trial).slice().reverse()));

const common = {
  paper: "Rong et al., ICML 2022",
  kind: "faithfulness",
  needs: needsRise,
  weakness: "Large removed regions are filled so smoothly that the network may take the filling itself as evidence.",
} as const;
const inferences = `${shares.length + 2} inferences`;

/**
 * Rong et al., "A Consistent and Efficient Evaluation Strategy for Attribution Methods", ICML 2022: the pixels with the most evidence
 * are removed and made up from their neighbours (noisy linear imputation), so that their absence itself tells nothing. The mean
 * probability of the class over 10, 20, 30, 40, 50, 70 and 90 % removed, on
 * the scale from an image of which all is removed to the whole one (`onScale`). Mostly 0 to 1. The paper gives accuracies.
 */
export const roadMostFirst: Metric = {
  ...common,
  name: "road-morf",
  title: "ROAD, most relevant first",
  better: "lower",
  baseline: "removing random regions",
  passes: inferences,
  measure: mostFirst,
};

/** The same, where the pixels with the least evidence are removed first. Mostly 0 to 1. */
export const roadLeastFirst: Metric = {
  ...common,
  name: "road-lerf",
  title: "ROAD, least relevant first",
  better: "higher",
  baseline: "removing random regions",
  passes: inferences,
  measure: leastFirst,
};

/** Half the difference of the two, mostly -0.5 to 0.5: pytorch-grad-cam's ROADCombined. A map and its opposite differ in its sign only. */
export const road: Metric = {
  ...common,
  name: "road",
  title: "ROAD, combined",
  better: "higher",
  baseline: "0 on average: either order is as good",
  passes: `${2 * (shares.length + 1)} inferences`,
  async measure(trial) {
    const [least, most] = [await leastFirst(trial), await mostFirst(trial)];
    return least === undefined || most === undefined ? undefined : (least - most) / 2;
  },
};
