/** @file The test of paired differences that verdicts rest on: flipped signs, with a guard against skewed differences. */

import { signFlip } from "./sign-flip.js";
import { mean } from "./sums.js";

export interface PairedTestOptions {
  /** Default 1. */
  readonly seed?: number | string;
  /** Of `signFlip`. */
  readonly draws?: number;
}

/**
 * The two-sided p-value of paired differences: the larger one of the sign-flip test of the differences and of the differences moved by
 * Johnson's correction of their mean for skewness (Johnson, JASA 1978: μ₃ / 6s²n + μ₃ m² / 3s⁴). Exact where differences are symmetric
 * about zero, as they are where the two measurements could be exchanged on every image: the larger of two p-values is never too small.
 * Where they are skewed about a mean of zero the first alone is up to three times too often below 0.05, and both seldom are.
 */
export function pairedTest(differences: readonly number[], { seed = 1, draws }: PairedTestOptions = {}): number {
  const pValue = signFlip(differences, seed, draws);
  const correction = johnsonCorrection(differences);
  if (correction === 0) return pValue;
  return Math.max(
    pValue,
    signFlip(
      differences.map((difference) => difference + correction),
      seed,
      draws,
    ),
  );
}

/** By how much the mean of a skewed sample must be moved for Student's t to be right of it, to the second order; 0 where all are equal. */
function johnsonCorrection(values: readonly number[]): number {
  const count = values.length;
  if (count < 2) return 0;
  const centre = mean(values);
  const variance = values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (count - 1);
  const third = values.reduce((sum, value) => sum + (value - centre) ** 3, 0) / count;
  // Equal values differ by rounding.
  if (variance <= 1e-24 * centre ** 2) return 0;
  return third / (6 * variance * count) + (third * centre ** 2) / (3 * variance ** 2);
}
