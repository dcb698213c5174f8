/** @file Some of many things, spread over all. */

/** At most so many things that lie evenly among all, in their order. */
export function evenly<Thing>(things: readonly Thing[], most: number): Thing[] {
  const step = Math.max(1, things.length / most);
  return things.filter((_, i) => Math.floor(i / step) !== Math.floor((i - 1) / step));
}
