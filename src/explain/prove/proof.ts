/** @file A proof: how far two results are from each other, and how far they may be. */

export interface Proof {
  /** Relative to the size of the compared values. */
  readonly error: number;
  readonly tolerance: number;
  readonly passed: boolean;
}

export function proof(error: number, tolerance: number): Proof {
  return { error, tolerance, passed: error <= tolerance };
}

/** The largest difference, relative to the largest of the expected values; NaN where the numbers of values differ. */
export function relativeDifference(actual: readonly number[], expected: readonly number[]): number {
  if (actual.length !== expected.length) return Number.NaN;
  let [largest, worst] = [Number.MIN_VALUE, 0];
  expected.forEach((value, i) => {
    largest = Math.max(largest, Math.abs(value));
    const difference = Math.abs(value - (actual[i] ?? Number.NaN));
    if (!(difference <= worst)) worst = difference;
  });
  return worst / largest;
}
