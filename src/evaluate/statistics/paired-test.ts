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
 * The two-sided p-value of paired differences: the larger one of two sign-flip tests, of the differences as they are, and moved so that
 * their mean is the one corrected for skewness (`correctedMean`). Never too small where the two measurements could be exchanged on every
 * image, for the first test is exact there. Of skewed differences about a mean of zero the first alone is up to three times too often
 * below 0.05, and both together seldom are. Differences of one size, as of hits and misses, have no skew but by their mean: the first
 * test alone is exact of them (it is McNemar's).
 */
export function pairedTest(differences: readonly number[], { seed = 1, draws }: PairedTestOptions = {}): number {
  const pValue = signFlip(differences, seed, draws);
  const sizes = new Set(differences.map(Math.abs).filter((size) => size !== 0));
  if (sizes.size < 2) return pValue;
  const move = correctedMean(differences) - mean(differences);
  const moved = differences.map((difference) => difference + move);
  return Math.max(pValue, signFlip(moved, seed, draws));
}

/**
 * The mean, corrected for skewness such that its ratio to the deviation is as symmetric as Student's t: s (w + γw²/3 + γ²w³/27 + γ/6n),
 * w = m/s, γ = μ₃/s³, with moments about the mean over n (Hall, "On the removal of skewness by transformation", JRSS B 1992; it rises
 * with the mean, unlike Johnson's of 1978).
 */
function correctedMean(values: readonly number[]): number {
  const count = values.length;
  const centre = mean(values);
  const moment = (power: number) => mean(values.map((value) => (value - centre) ** power));
  const deviation = Math.sqrt(moment(2));
  if (deviation === 0) return centre;
  const [ratio, skew] = [centre / deviation, moment(3) / deviation ** 3];
  return deviation * (ratio + (skew * ratio ** 2) / 3 + (skew ** 2 * ratio ** 3) / 27 + skew / (6 * count));
}
