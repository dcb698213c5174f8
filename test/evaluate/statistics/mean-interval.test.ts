/** @file Means and their intervals, against a table of Student's t. */

import { describe, expect, test } from "vitest";
import { meanInterval } from "../../../src/evaluate/statistics/mean-interval.js";

describe("meanInterval(values)", () => {
  // By hand: mean 0.25, standard deviation 0.129099, standard error 0.0645497; t = 3.18245 for 3 degrees of freedom.
  test("is Student's interval", () => {
    const { value, low, high } = meanInterval([0.1, 0.2, 0.3, 0.4]);
    expect(value).toBeCloseTo(0.25, 12);
    expect(low).toBeCloseTo(0.25 - 3.18245 * 0.0645497, 3);
    expect(high).toBeCloseTo(0.25 + 3.18245 * 0.0645497, 3);
  });

  // Quantiles from the table in the NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2.
  test.each([
    [1, 12.706],
    [2, 4.303],
    [3, 3.182],
    [4, 2.776],
    [5, 2.571],
    [10, 2.228],
    [30, 2.042],
    [100, 1.984],
  ])("is as wide as %d degrees of freedom ask for", (freedom, quantile) => {
    const values = Array.from({ length: freedom + 1 }, (_, i) => i);
    const mean = freedom / 2;
    const error = Math.sqrt(values.reduce((total, value) => total + (value - mean) ** 2, 0) / freedom / (freedom + 1));
    const { high } = meanInterval(values, [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
    expect(Math.abs((high - mean) / error / quantile - 1)).toBeLessThan(0.0015);
  });

  test("does not leave the range of the values", () => {
    expect(meanInterval([0, 1])).toEqual({ value: 0.5, low: 0, high: 1 });
    expect(meanInterval([-1, 1], [-1, 1])).toEqual({ value: 0, low: -1, high: 1 });
  });

  test("knows nothing from one value or none", () => {
    expect(meanInterval([0.3])).toEqual({ value: 0.3, low: 0, high: 1 });
    expect(meanInterval([])).toEqual({ value: 0, low: 0, high: 1 });
    expect(meanInterval([], [-1, 1])).toEqual({ value: -1, low: -1, high: 1 });
  });
});
