/** @file Compares two maps on one coarse grid: the order of their cells, their hottest fifth, and how often chance does as well. */

import { at } from "../../foundation/present.js";
import type { FloatMap } from "../../image/map/heatmap.js";
import { centredRanks, rankCorrelation } from "../statistics/rank-correlation.js";
import { dot } from "../statistics/sums.js";

/** Share of the cells that are the hottest ones. Of two maps that know nothing of each other it is the overlap on average. */
export const hottestShare = 0.2;

/** How far two maps agree; plain data. */
export interface GridsCompared {
  /** Spearman's, of all cells, -1 to 1. */
  readonly correlation: number;
  /** The share of either's hottest fifth that is in the other's, 0 to 1; by chance a fifth. */
  readonly overlap: number;
  /** The share of chance that is at least as much alike, above 0 to 1. */
  readonly pValue: number;
}

/**
 * Compares two maps of one size, beyond what they owe to smoothness and to the middle.
 *
 * The ranks of both are freed from those of the distance from the middle, as of a partial rank correlation: objects are photographed and
 * drawn there, and maps of different images that have nothing else in common would agree. Chance is the second map, so freed, at all
 * other places: shifted by each number of cells along both axes (what leaves on one side comes back on the other), and mirrored or not
 * along each. These maps are as smooth and as peaked as the map, so that neighbours which are alike do not pass for evidence: the torus
 * translation test (Lotwick and Silverman, Journal of the Royal Statistical Society B 44, 1982; Harms et al., Journal of Ecology 89,
 * 2001). The map at its own place counts among them, so that of 7 by 7 cells the p-value is at least 1/196.
 * @returns undefined where either is the same everywhere, or not finite: it has no order to compare
 */
export function compareGrids(first: FloatMap, second: FloatMap): GridsCompared | undefined {
  if (![first, second].every(({ values }) => values.every(Number.isFinite))) return undefined;
  const correlation = rankCorrelation(first.values, second.values);
  if (correlation === undefined) return undefined;
  // Whatever its place, the second map has one length: products are as good as correlations.
  const [ranks, others] = [beyondMiddle(first), beyondMiddle(second)];
  const own = dot(ranks, others) - rounding;
  const moved = movesOf({ ...second, values: others });
  const asGood = moved.filter((values) => dot(ranks, values) >= own).length;
  return { correlation, overlap: overlapOf(first.values, second.values), pValue: asGood / moved.length };
}

/** The ranks of a map less what those of the distance from the middle predict of them. */
function beyondMiddle({ width, height, values }: FloatMap): Float64Array {
  const distances = values.map((_, i) =>
    Math.hypot(((i % width) + 0.5) / width - 0.5, (Math.floor(i / width) + 0.5) / height - 0.5),
  );
  const [ranks, middle] = [centredRanks(values), centredRanks(distances)];
  const size = dot(middle, middle);
  const share = size === 0 ? 0 : dot(ranks, middle) / size;
  return ranks.map((rank, i) => rank - share * at(middle, i));
}

/** Products of ranks that differ by less are the same, summed up in another order. */
const rounding = 1e-3;

/** Values of cells, row by row. */
interface Moved {
  readonly width: number;
  readonly height: number;
  readonly values: Float64Array;
}

/** The values of the map at every place, mirrored or not; the first as they are. */
function movesOf({ width, height, values }: Moved): Float64Array[] {
  const along = (size: number) =>
    [1, -1].flatMap((direction) =>
      Array.from({ length: size }, (_, by) => (i: number) => (direction * i + by + size) % size),
    );
  const columns = along(width);
  return along(height).flatMap((row) =>
    columns.map((column) => values.map((_, i) => at(values, row(Math.floor(i / width)) * width + column(i % width)))),
  );
}

/** Of equal values the first from the top is the hotter one. */
function overlapOf(first: Float32Array, second: Float32Array): number {
  const count = Math.max(1, Math.round(hottestShare * first.length));
  const hottest = (values: Float32Array) =>
    [...values.keys()].sort((a, b) => at(values, b) - at(values, a) || a - b).slice(0, count);
  const others = new Set(hottest(second));
  return hottest(first).filter((cell) => others.has(cell)).length / count;
}
