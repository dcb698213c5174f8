/** @file Samples of noise around an image. */

import type { Sample } from "../../../method.js";

/** `count` samples of noise that count the same in each sum. */
export function noisySamples<Sum extends string>(count: number, sums: readonly Sum[]): Sample<Sum>[] {
  const weights = Object.fromEntries(sums.map((name) => [name, 1 / count])) as Record<Sum, number>;
  return Array.from({ length: count }, () => ({ at: 1, weights }));
}
