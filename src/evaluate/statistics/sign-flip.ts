/** @file The sign-flip test: whether paired differences can be chance. */

import { random } from "../../foundation/random.js";
import { byteSums, sumOfPart } from "./byte-sums.js";

/** Up to so many differences that are not zero, all ways of giving them signs are gone through: 2^16. */
const mostExact = 16;
/** Ways that are drawn where there are more. */
const defaultDraws = 20_000;

/**
 * The two-sided p-value of the mean of paired differences: the share of all ways of giving them signs whose mean is at least as far from
 * zero (Fisher 1935, section 21; Good, "Permutation tests", 2000). Exact for up to 16 differences that are not zero; of more, `draws` ways
 * are drawn and the observed one counts among them (Phipson and Smyth 2010), so no p-value is zero. No assumption but that differences
 * are symmetric about zero where there is none. 1 of no difference.
 * @param draws default 20,000; the smallest p-value is 1 / (draws + 1)
 */
export function signFlip(
  differences: readonly number[],
  seed: number | string = 1,
  draws: number = defaultDraws,
): number {
  const sizes = differences.filter((difference) => difference !== 0).map(Math.abs);
  const observed = Math.abs(differences.reduce((sum, difference) => sum + difference, 0));
  // Sums that are equal on paper differ by rounding.
  const threshold = observed * (1 - 1e-9);
  return sizes.length <= mostExact ? exact(sizes, threshold) : drawn(sizes, threshold, draws, seed);
}

/** By Gray's code: each way differs from the one before in one sign. Both signs of all give the same distance, so one stays. */
function exact(sizes: readonly number[], threshold: number): number {
  const count = 2 ** Math.max(0, sizes.length - 1);
  const signed = Float64Array.from(sizes);
  let sum = signed.reduce((total, size) => total + size, 0);
  let extreme = 0;
  for (let way = 1; way <= count; way++) {
    if (Math.abs(sum) >= threshold) extreme++;
    const flipped = 31 - Math.clz32(way & -way);
    const size = signed[flipped] ?? 0;
    sum -= 2 * size;
    signed[flipped] = -size;
  }
  return extreme / count;
}

function drawn(sizes: readonly number[], threshold: number, draws: number, seed: number | string): number {
  const source = random(seed).fork("sign flip");
  const sums = byteSums(
    sizes,
    (size) => size,
    (size) => -size,
  );
  const bits = new Uint32Array(Math.ceil(sizes.length / 32));
  let extreme = 1;
  for (let draw = 0; draw < draws; draw++) {
    for (let i = 0; i < bits.length; i++) bits[i] = source.below(2 ** 32);
    if (Math.abs(sumOfPart(sums, bits)) >= threshold) extreme++;
  }
  return extreme / (draws + 1);
}
