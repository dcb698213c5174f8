/** @file Values that the program knows to be there and the types cannot say: an item at an index, a result by its name. */

/**
 * The value, which is there unless the program is wrong.
 * @param what names the value in the error
 * @throws Error `internal:` where it is undefined or null
 */
export function present<Value>(value: Value | undefined | null, what: string): Value {
  if (value === undefined || value === null) throw new Error(`internal: no ${what}`);
  return value;
}

/**
 * The item at an index within the list. One function for lists of every kind: too slow for loops over pixels and weights.
 * @throws Error `internal:` where the list is shorter
 */
export function at<Item>(items: ArrayLike<Item>, index: number): Item {
  const item = items[index];
  if (item === undefined) throw new Error(`internal: no item ${index} in a list of ${items.length}`);
  return item;
}

/** A list of at least one item. */
export type NonEmpty<Item> = readonly [Item, ...Item[]];
