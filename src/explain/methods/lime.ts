/** @file LIME on superpixels. */

import { random } from "../../foundation/random.js";
import type { PassMethod } from "../method.js";
import {
  type Coalition,
  onSuperpixels,
  type Regression,
  regressionPlan,
  solveNormal,
} from "./parts/superpixel-regression.js";

/** Width of the kernel, and weight of the ridge. */
const [kernelWidth, ridge] = [0.25, 1];

/**
 * Ribeiro, Singh and Guestrin, "'Why Should I Trust You?' Explaining the Predictions of Any Classifier", KDD 2016, section 3.4, as the
 * authors' code for images: each superpixel is kept with probability 1/2; the class's probabilities are fitted by ridge regression with
 * an intercept and λ = 1, in which an image with the share s of the superpixels weighs √exp(-D²/0.25²) by its cosine distance
 * D = 1 - √s from the whole one, which counts as a sample as well. The map has each superpixel's weight; all of them are features.
 * What is missing is the mean colour of its superpixel, as there, or the baseline that the explainer's option says. The authors segment
 * by quickshift; here superpixels are SLIC's (`src/image/superpixels/slic.ts`).
 */
export const lime: PassMethod = {
  name: "lime",
  title: "LIME",
  paper: "Ribeiro et al., KDD 2016",
  ...onSuperpixels,
  hidden: "mean",
  measures: "probability",
  plan({ superpixels, sizes, samples, seed }) {
    const found = superpixels();
    const source = random(seed).fork("lime");
    const coalitions = Array.from({ length: Math.max(1, samples - 1) }, () =>
      Uint8Array.from({ length: found.count }, () => source.below(2)),
    );
    return regressionPlan(found, sizes, limeRegression(found.count, coalitions));
  },
};

/** (X̃ᵀ W X̃ + λ I)⁻¹ X̃ᵀ W with the rows less their weighted mean, of which the last is the whole image. */
function limeRegression(size: number, coalitions: readonly Coalition[]): Regression {
  const rows = [...coalitions, new Uint8Array(size).fill(1)];
  const weights = rows.map((row) => kernel(row.reduce((kept, there) => kept + there, 0) / size));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const means = Float64Array.from({ length: size }, (_, i) =>
    rows.reduce((sum, row, s) => sum + ((weights[s] ?? 0) * (row[i] ?? 0)) / total, 0),
  );
  const centred = rows.map((row) => Float64Array.from(row, (there, i) => there - (means[i] ?? 0)));
  const columns = rows.length;
  const right = new Float64Array(size * columns);
  for (const [s, row] of centred.entries())
    for (const [i, value] of row.entries()) right[i * columns + s] = (weights[s] ?? 0) * value;
  const solved = solveNormal(centred, weights, ridge, right);
  const share = (s: number, i: number) => solved[i * columns + s] ?? 0;
  return {
    coalitions,
    shares: Float64Array.from({ length: coalitions.length * size }, (_, k) => share(Math.floor(k / size), k % size)),
    ofWhole: Float64Array.from({ length: size }, (_, i) => share(columns - 1, i)),
  };
}

/** @param kept the share of superpixels that are there */
function kernel(kept: number): number {
  const distance = 1 - Math.sqrt(kept);
  return Math.sqrt(Math.exp(-(distance ** 2) / kernelWidth ** 2));
}
