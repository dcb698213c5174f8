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

/** Ranks minus their mean, which ties leave as it is. */
function centredRanks(values: ArrayLike<number>): Float64Array {
  const count = values.length;
  const at = (i: number) => values[i] as number;
  const order = Uint32Array.from({ length: count }, (_, i) => i).sort((i, j) => at(i) - at(j));
  const ranks = new Float64Array(count);
  for (let first = 0, end = 0; first < count; first = end) {
    while (end < count && at(order[end] as number) === at(order[first] as number)) end++;
    for (let k = first; k < end; k++) ranks[order[k] as number] = (first + end - count) / 2;
  }
  return ranks;
}
