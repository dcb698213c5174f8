/** @file Spearman's rank correlation: whether two lists of numbers agree about order. */

import { FoveaError } from "../../foundation/error.js";
import { dot } from "./sums.js";

/**
 * Spearman's ρ (1904): Pearson's correlation of the ranks, equal values sharing the mean of theirs. -1 to 1; undefined where
 * all values of a list are equal, because then there is no order to agree with.
 * @throws FoveaError `shape-mismatch` when the lists differ in length
 */
export function rankCorrelation(a: ArrayLike<number>, b: ArrayLike<number>): number | undefined {
  if (a.length !== b.length)
    throw new FoveaError(
      "shape-mismatch",
      `rankCorrelation: expected lists of one length, got ${a.length} and ${b.length}`,
    );
  const [x, y] = [centredRanks(a), centredRanks(b)];
  const [xx, yy, xy] = [dot(x, x), dot(y, y), dot(x, y)];
  // Rounding must not carry a perfect agreement beyond its bound.
  return xx === 0 || yy === 0 ? undefined : Math.max(-1, Math.min(1, xy / Math.sqrt(xx * yy)));
}

/** Ranks minus their mean, which ties leave as it is; equal values share the mean of theirs. */
export function centredRanks(values: ArrayLike<number>): Float64Array {
  const count = values.length;
  const sorted = Float64Array.from(values).sort();
  /** The rank of the values that stand from a place on. */
  const rankFrom = new Float64Array(count);
  for (let first = 0, end = 0; first < count; first = end) {
    while (end < count && sorted[end] === sorted[first]) end++;
    rankFrom[first] = (first + end - count) / 2;
  }
  return Float64Array.from({ length: count }, (_, i) => rankFrom[placeOf(values[i] as number, sorted)] as number);
}

/** The first place of a value among sorted ones. */
function placeOf(value: number, sorted: Float64Array): number {
  let [low, high] = [0, sorted.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
