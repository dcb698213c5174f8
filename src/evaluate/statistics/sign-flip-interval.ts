/** @file Intervals of means that hold for few values: the sign-flip test, turned round. */

import { at } from "../../foundation/present.js";
import { random } from "../../foundation/random.js";
import type { Mean } from "./bootstrap.js";
import { byteSums, sumOfPart } from "./byte-sums.js";
import { mean } from "./sums.js";

export interface SignFlipIntervalOptions {
  /** The share of samples whose interval misses the centre; default 0.05. */
  readonly outside?: number;
  /** Of the parts that are drawn of more than twelve values. Default 1. */
  readonly seed?: number | string;
}

/** Parts that are drawn at least. */
const fewestDraws = 3999;
/** Up to so many values all their parts are gone through. */
const mostExact = 12;

/**
 * The mean with the interval of all centres that the sign-flip test does not reject. Its ends are quantiles of the means of all parts of
 * the values (Hartigan, "Using subsample values as typical values", JASA 1969), or of parts drawn at random; so it never leaves the range
 * of the values. Exact for symmetric values, at every number of them. Null of no value; the ends are null where there are too few for any
 * (below six for 95 %).
 */
export function signFlipInterval(
  values: readonly number[],
  { outside = 0.05, seed = 1 }: SignFlipIntervalOptions = {},
): Mean | null {
  const count = values.length;
  if (count === 0) return null;
  const found = { count, mean: mean(values) };
  if (2 ** (1 - count) > outside) return { ...found, low: null, high: null };
  // Four draws beyond each end, so that the ends are no single draw's.
  const draws = Math.max(fewestDraws, Math.ceil(8 / outside) - 1);
  const means = 2 ** count <= Math.max(2 ** mostExact, draws) ? allMeans(values) : drawnMeans(values, draws, seed);
  // All values count as a part of their own, beside those in the list.
  const rank = Math.floor((outside / 2) * (means.length + 1));
  return { ...found, low: at(means, rank - 1), high: at(means, means.length - rank) };
}

/** Of every part but the empty one, in order. */
function allMeans(values: readonly number[]): Float64Array {
  const parts = 2 ** values.length;
  const [sums, counts] = [new Float64Array(parts), new Uint8Array(parts)];
  for (const [i, value] of values.entries()) {
    const bit = 2 ** i;
    for (let part = 0; part < bit; part++) {
      sums[bit + part] = (sums[part] as number) + value;
      counts[bit + part] = (counts[part] as number) + 1;
    }
  }
  return sums
    .subarray(1)
    .map((sum, i) => sum / (counts[i + 1] as number))
    .sort();
}

function drawnMeans(values: readonly number[], draws: number, seed: number | string): Float64Array {
  const source = random(seed).fork("parts");
  const part = (of: (value: number) => number) => byteSums(values, of, () => 0);
  const [sums, counts] = [part((value) => value), part(() => 1)];
  const bits = new Uint32Array(Math.ceil(values.length / 32));
  const means = new Float64Array(draws);
  for (let draw = 0; draw < draws; draw++) {
    let size = 0;
    while (size === 0) {
      for (let i = 0; i < bits.length; i++) bits[i] = source.below(2 ** 32);
      size = sumOfPart(counts, bits);
    }
    means[draw] = sumOfPart(sums, bits) / size;
  }
  return means.sort();
}

/** z of 90 %. */
const margin = 1.2815515655446004;

/**
 * The smallest difference that as many values, spread as these are, most likely show: the reach of the interval, and what the mean itself
 * may fall short by. Of normal values `pairedTest` finds it in 60 to 70 % of samples of twelve, and in 80 to 90 % from twenty on. Null where so few values show no difference at all.
 * @param outside the test's level, corrected for the number of tests
 */
export function smallestShown(values: readonly number[], options: SignFlipIntervalOptions): number | null {
  const found = signFlipInterval(values, options);
  if (found === null || found.low === null || found.high === null) return null;
  const { count, mean: centre, low, high } = found;
  const variance = values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (count - 1);
  return (high - low) / 2 + margin * Math.sqrt(variance / count);
}
