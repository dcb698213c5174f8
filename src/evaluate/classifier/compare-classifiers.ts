/** @file Two classifiers on the same images: the images that the second one fixed and broke, and whether that can be chance. */

import { FoveaError } from "../../foundation/error.js";

/** Plain data, the same after a trip through JSON. */
export interface Comparison {
  readonly count: number;
  readonly bothRight: number;
  /** Images that a classified wrongly and b rightly. */
  readonly fixed: readonly number[];
  /** Images that a classified rightly and b wrongly. */
  readonly broken: readonly number[];
  readonly bothWrong: readonly number[];
  /** McNemar's exact two-sided p-value: how often chance alone would split the changed images at least as unevenly. */
  readonly pValue: number;
}

/** Compares the classes predicted by a and by b for the same images, given the true ones. */
export function compareClassifiers(a: ArrayLike<number>, b: ArrayLike<number>, labels: ArrayLike<number>): Comparison {
  for (const [name, predicted] of Object.entries({ a, b })) {
    if (predicted.length === labels.length) continue;
    throw new FoveaError(
      "shape-mismatch",
      `compareClassifiers: ${name}: expected ${labels.length} predictions, got ${predicted.length}`,
    );
  }
  const fixed: number[] = [];
  const broken: number[] = [];
  const bothWrong: number[] = [];
  for (let i = 0; i < labels.length; i++) {
    const [before, after] = [a[i] === labels[i], b[i] === labels[i]];
    if (!before) (after ? fixed : bothWrong).push(i);
    else if (!after) broken.push(i);
  }
  const bothRight = labels.length - fixed.length - broken.length - bothWrong.length;
  return { count: labels.length, bothRight, fixed, broken, bothWrong, pValue: mcNemar(fixed.length, broken.length) };
}

/**
 * McNemar's exact test (McNemar, Psychometrika 1947): two-sided binomial probability of a split of `fixed + broken` coin throws at
 * least as uneven as this one; 1 without throws.
 */
export function mcNemar(fixed: number, broken: number): number {
  const throws = fixed + broken;
  // In logarithms, since 2^-throws underflows beyond a thousand.
  let logTerm = -throws * Math.LN2;
  let tail = Math.exp(logTerm);
  for (let i = 1; i <= Math.min(fixed, broken); i++) {
    logTerm += Math.log((throws - i + 1) / i);
    tail += Math.exp(logTerm);
  }
  return Math.min(1, 2 * tail);
}
