/** @file Which images something is tried on that is too slow for all: the first by a hash of their names, whichever part of a dataset is at hand. */

import { groupBy } from "../../../foundation/group-by.js";
import { at } from "../../../foundation/present.js";
import { hashOf } from "../../../foundation/random.js";

/** The place of each name in the order of their hashes: it does not depend on the order of the names. */
export function ranksOf(names: readonly string[]): Uint32Array {
  const hashes = Float64Array.from(names, (name) => hashOf(name));
  const order = Uint32Array.from(names, (_, i) => i).sort(
    (a, b) => at(hashes, a) - at(hashes, b) || (at(names, a) < at(names, b) ? -1 : 1),
  );
  const ranks = new Uint32Array(names.length);
  for (const [rank, index] of order.entries()) ranks[index] = rank;
  return ranks;
}

/** Whether each is among the first `most` of its label, by their ranks. */
export function firstOfLabel(ranks: Uint32Array, labels: ArrayLike<number>, most: number): Uint8Array {
  const order = orderOf(ranks);
  const seen = new Map<number, number>();
  const isFirst = new Uint8Array(ranks.length);
  for (const index of order) {
    const label = at(labels, index);
    const before = seen.get(label) ?? 0;
    seen.set(label, before + 1);
    if (before < most) isFirst[index] = 1;
  }
  return isFirst;
}

/** Positions with ranks below a number, the lowest first. */
export function byRank(ranks: ArrayLike<number>, most: number): number[] {
  const some: number[] = [];
  for (let index = 0; index < ranks.length; index++) if (at(ranks, index) < most) some.push(index);
  return some.sort((a, b) => at(ranks, a) - at(ranks, b));
}

/** Some positions, as many of one label as of another, the first of each by their ranks; labels in the order of their first ones. */
export function evenlyByLabel(ranks: Uint32Array, labels: ArrayLike<number>): number[] {
  const queues = [...groupBy(orderOf(ranks), (index) => at(labels, index)).values()];
  const longest = queues.reduce((most, queue) => Math.max(most, queue.length), 0);
  return Array.from({ length: longest }, (_, round) => queues.flatMap((queue) => queue[round] ?? [])).flat();
}

/** Positions by their ranks. */
function orderOf(ranks: Uint32Array): Uint32Array {
  const order = new Uint32Array(ranks.length);
  for (const [index, rank] of ranks.entries()) order[rank] = index;
  return order;
}
