/** @file Accuracy, with the interval that its sample size allows. */

/** A share of successes with its 95 % interval. */
export interface Proportion {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** 97.5 % quantile of the standard normal distribution. */
const z = 1.959963984540054;

/**
 * `successes / count` with Wilson's 95 % score interval (Wilson, JASA 1927), which stays inside [0, 1] and keeps a width at 0 and 1.
 * With a count of 0 nothing is known: 0, from 0 to 1.
 */
export function proportion(successes: number, count: number): Proportion {
  if (count === 0) return { value: 0, low: 0, high: 1 };
  const share = successes / count;
  const scale = 1 + z ** 2 / count;
  const centre = (share + z ** 2 / (2 * count)) / scale;
  const reach = (z / scale) * Math.sqrt((share * (1 - share)) / count + z ** 2 / (4 * count ** 2));
  // At the ends the bound is exact on paper and must not miss it by a rounding error.
  const low = successes === 0 ? 0 : centre - reach;
  const high = successes === count ? 1 : centre + reach;
  return { value: share, low, high };
}
