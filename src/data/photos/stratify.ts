/** @file A split of labelled items by a seed, class by class. */

import { groupBy } from "../../foundation/group-by.js";
import { at } from "../../foundation/present.js";
import { permutation, random } from "../../foundation/random.js";
import type { Split } from "./photo.js";

export interface StratifyOptions {
  /** The share of each class for validation. Default 0.15. */
  readonly validation?: number;
  /** The share of each class for the test. Default 0.15. */
  readonly test?: number;
  /** Default 1. */
  readonly seed?: number | string;
}

/**
 * The split of each item, chosen in each class by the seed and by nothing of the other classes. Each class gives its shares,
 * rounded, and at least one item to each part, in the order train, test, validation while they last. Copies of an item in its
 * class follow it.
 * @param copyOf for each item the index of the first that is the same; default: all differ
 */
export function stratify(
  labels: readonly string[],
  { validation = 0.15, test = 0.15, seed = 1 }: StratifyOptions = {},
  copyOf: readonly number[] = labels.map((_, i) => i),
): Split[] {
  const splits = Array<Split>(labels.length).fill("train");
  const indices = labels.map((_, i) => i);
  for (const [label, members] of groupBy(indices, (i) => at(labels, i))) {
    const share = (fraction: number, most: number) =>
      fraction === 0 ? 0 : Math.min(most, Math.max(1, Math.round(fraction * members.length)));
    const tests = share(test, members.length - 1);
    const validations = share(validation, members.length - 1 - tests);
    const groups = [...groupBy(members, (i) => at(copyOf, i)).values()];
    const order = permutation(groups.length, random(seed).fork("split").fork(label));
    let heldOut = 0;
    for (const place of order.slice(0, -1)) {
      const group = at(groups, place);
      if (heldOut >= tests + validations) break;
      for (const i of group) splits[i] = heldOut < tests ? "test" : "validation";
      heldOut += group.length;
    }
  }
  return splits;
}
