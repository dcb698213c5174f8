/** @file Groups maps that look alike. */

import { at } from "../../../foundation/present.js";
import type { FloatMap } from "../../../image/map/heatmap.js";
import { resizeMap } from "../../../image/picture/resize.js";

/** Sides that maps are compared at: evidence one cell further is nearly the same. */
const side = 8;
/**
 * Maps of a group share at least two thirds of their evidence on average. Photos have their objects in the middle: at a half, all
 * errors of a network on cats and dogs are one group.
 */
const farthest = 1 / 3;
/**
 * Errors that are compared with each other in a report, the most confident ones: time grows with the cube of their number
 * (0.3 s for 500, 30 s for 2,000).
 */
export const mostGrouped = 500;

/**
 * Groups of maps by where their evidence lies, the largest first, each with its members in the given order. Maps are scaled to
 * a sum of 1; the distance of two is the share of evidence that lies elsewhere (half the sum of absolute differences). Groups
 * are joined, the nearest first, while the mean distance between their members is at most a third (average linkage: Sokal &
 * Michener, 1958). Maps without a value above zero are in no group. Takes time in proportion to the cube of the maps' number and
 * memory to its square: meant for `mostGrouped`.
 */
export function groupMaps(maps: readonly FloatMap[]): number[][] {
  const scaled = maps.flatMap((map, i) => {
    const values = shares(map);
    return values ? [{ i, values }] : [];
  });
  const groups = scaled.map(({ i }) => [i]);
  // Where two groups were joined, the second stays behind, empty.
  const distances = scaled.map((a) => Float64Array.from(scaled, (b) => (a === b ? 2 : distance(a.values, b.values))));
  for (;;) {
    const nearest = nearestPair(groups, distances);
    if (nearest === undefined) break;
    join(groups, distances, nearest);
  }
  const sortedGroups = groups.filter((group) => group.length > 0).map((group) => group.sort((a, b) => a - b));
  return sortedGroups.sort((a, b) => b.length - a.length || at(a, 0) - at(b, 0));
}

function shares(map: FloatMap): Float32Array | undefined {
  const { values } = resizeMap(map, side, side, { antialias: true });
  const total = values.reduce((sum, value) => sum + Math.max(0, value), 0);
  return total > 0 ? values.map((value) => Math.max(0, value) / total) : undefined;
}

function distance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs((a[i] as number) - (b[i] as number));
  return sum / 2;
}

function nearestPair(
  groups: readonly (readonly number[])[],
  distances: readonly Float64Array[],
): readonly [number, number] | undefined {
  let [least, pair]: [number, readonly [number, number] | undefined] = [farthest, undefined];
  for (let a = 0; a < groups.length; a++) {
    if (groups[a]?.length === 0) continue;
    const row = at(distances, a);
    for (let b = a + 1; b < groups.length; b++) {
      if (groups[b]?.length === 0 || (row[b] as number) > least || (pair && row[b] === least)) continue;
      [least, pair] = [row[b] as number, [a, b]];
    }
  }
  return pair;
}

/** The second group of the pair goes into the first; distances to it are means over all members. */
function join(groups: number[][], distances: readonly Float64Array[], [a, b]: readonly [number, number]): void {
  const [first, second] = [at(groups, a), at(groups, b)];
  const [near, far] = [at(distances, a), at(distances, b)];
  for (let k = 0; k < groups.length; k++) {
    const mean =
      (first.length * (near[k] as number) + second.length * (far[k] as number)) / (first.length + second.length);
    near[k] = mean;
    at(distances, k)[a] = mean;
  }
  groups[a] = [...first, ...second];
  groups[b] = [];
}
