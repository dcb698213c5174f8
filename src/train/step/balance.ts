/** @file Classes or groups of different size: weighted in the loss, or drawn equally often. */

import { groupBy } from "../../foundation/group-by.js";
import { at } from "../../foundation/present.js";
import { permutation, type Random } from "../../foundation/random.js";

/**
 * `none`: as they are; `weights`: small classes weigh more in the loss; `sampling`: every class is drawn equally often; `groups`: small
 * groups weigh more in the loss, as `groupWeights` says.
 */
export const balances = ["none", "weights", "sampling", "groups"] as const;
export type Balance = (typeof balances)[number];

/** A weight for each class, inverse to its size; their mean over the examples is 1. A class without examples has 0. */
export function classWeights(labels: ArrayLike<number>, classes: number): number[] {
  const sizes = new Array<number>(classes).fill(0);
  for (const label of Array.from(labels)) sizes[label] = (sizes[label] ?? 0) + 1;
  const nonEmpty = sizes.filter((size) => size > 0).length;
  return sizes.map((size) => (size > 0 ? labels.length / (nonEmpty * size) : 0));
}

/**
 * A weight for each example, n / (G n_g) in a group of n_g among G groups, so that all groups weigh the same and the mean is 1. These
 * are fixed weights, not group DRO's (Sagawa et al. 2020), which follow the losses; under weight decay and few epochs they reach about
 * the same worst group (Idrissi et al. 2022, "Simple data balancing").
 * @param groups the group of each example, from 0 on
 */
export function groupWeights(groups: ArrayLike<number>): Float32Array {
  const list = Array.from(groups);
  const weights = classWeights(list, 1 + list.reduce((most, group) => Math.max(most, group), 0));
  return Float32Array.from(list, (group) => at(weights, group));
}

/**
 * The order of an epoch, as many examples as there are. With `sampling` the classes take turns, so the examples of a small one
 * come several times, as often as each other to within one, and some of a large one wait for another epoch.
 */
export function epochOrder(labels: ArrayLike<number>, balance: Balance, source: Random): Uint32Array {
  const order = permutation(labels.length, source);
  if (balance !== "sampling") return order;
  const queues = groupBy(order, (index) => at(labels, index));
  const classes = [...queues.values()];
  const turns = order.map((_, i) => {
    const queue = at(classes, i % classes.length);
    return at(queue, Math.floor(i / classes.length) % queue.length);
  });
  return permutation(turns.length, source).map((place) => at(turns, place));
}
