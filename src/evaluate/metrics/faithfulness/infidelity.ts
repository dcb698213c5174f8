/** @file Infidelity. */

import { random } from "../../../foundation/random.js";
import { dot } from "../../statistics/sums.js";
import { inBatches, untouched } from "../../trial/perturbation-curve.js";
import type { Keep } from "../../trial/trial.js";
import { fullMap, sizeOfInput, type Trial } from "../../trial/trial.js";
import type { Metric } from "../metric.js";

/** How many squares are removed. */
const draws = 32;

/**
 * Yeh et al., "On the (In)fidelity and Sensitivity of Explanations", NeurIPS 2019, definition 2.1 with square removal (section 2.2):
 * E[(I·Φ - (f(x) - f(x - I)))²] over random squares I that are set to zero, f being the probability of the class and I·Φ the
 * map's sum over the square. Maps have no unit: Φ is scaled by the factor that fits best, as the authors do, and the error
 * is divided by E[(f(x) - f(x - I))²]. 0 to 1; 1 where the map tells nothing of the effect of removing a square.
 */
export const infidelity: Metric = {
  name: "infidelity",
  title: "Infidelity",
  paper: "Yeh et al., NeurIPS 2019",
  better: "lower",
  baseline: "a uniform map only knows how large a square is",
  uniformIsChance: true,
  passes: `${draws + 1} inferences`,
  weakness:
    "Squares with nothing in them fill most of many images, and what a network makes of holes is not what it saw.",
  kind: "faithfulness",
  async measure(trial) {
    const whole = await untouched(trial);
    const squares = randomSquares(trial);
    const { values } = fullMap(trial);
    const left = await inBatches(squares, async (some) =>
      trial.network.probabilities(await trial.network.blended(trial.image, some, "zero"), trial.target),
    );
    const changes = left.map((probability) => whole - probability);
    const sums = squares.map((keep) => keep.reduce((sum, value, i) => sum + (1 - value) * (values[i] as number), 0));
    const [total, norm, common] = [dot(changes, changes), dot(sums, sums), dot(sums, changes)];
    if (total === 0) return undefined;
    // A factor below zero would turn the map round.
    return norm === 0 || common <= 0 ? 1 : Math.max(0, 1 - common ** 2 / (norm * total));
  },
};

/** Squares of a tenth to half of the shorter side, anywhere on the image. */
function randomSquares(trial: Trial): Keep[] {
  const { width, height } = sizeOfInput(trial);
  const source = random(trial.seed).fork("squares");
  const shorter = Math.min(width, height);
  return Array.from({ length: draws }, () => {
    const side = Math.max(1, Math.round(shorter * (0.1 + 0.4 * source.uniform())));
    const [left, top] = [source.below(width - side + 1), source.below(height - side + 1)];
    const keep = new Float32Array(width * height).fill(1);
    for (let y = top; y < top + side; y++) keep.fill(0, y * width + left, y * width + left + side);
    return keep;
  });
}
