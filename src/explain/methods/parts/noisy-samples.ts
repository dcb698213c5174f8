/** @file Samples of noise around an image. */

import type { Sample } from "../../method.js";

/** `count` samples of noise that count the same in each sum. */
export function noisySamples(count: number, sums: readonly string[]): Sample[] {
  const weights = Object.fromEntries(sums.map((name) => [name, 1 / count]));
  return Array.from({ length: count }, () => ({ at: 1, weights }));
}
