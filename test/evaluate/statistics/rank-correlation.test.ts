/** @file Rank correlations against values computed by hand and by SciPy. */

import { describe, expect, test } from "vitest";
import { rankCorrelation } from "../../../src/evaluate/statistics/rank-correlation.js";

describe("rankCorrelation(a, b)", () => {
  test("is 1 for one order and -1 for the reverse, whatever the distances", () => {
    expect(rankCorrelation([1, 2, 3, 4], [0, 10, 11, 1000])).toBe(1);
    expect(rankCorrelation([1, 2, 3, 4], [5, 4, 0, -7])).toBe(-1);
  });

  // By hand: ρ = 1 - 6 Σd² / n(n² - 1) = 1 - 6 · 4 / (5 · 24), d = (1, 1, 1, 1, 0) and no ties.
  test("is 1 - 6 Σd² / n(n² - 1) where there are no ties", () => {
    expect(rankCorrelation([1, 2, 3, 4, 5], [20, 10, 40, 30, 50])).toBeCloseTo(0.8, 12);
  });

  // The example in SciPy's documentation of scipy.stats.spearmanr: SignificanceResult(statistic=0.8207826816681233, ...).
  test("gives SciPy's example", () => {
    expect(rankCorrelation([1, 2, 3, 4, 5], [5, 6, 7, 8, 7])).toBeCloseTo(0.8207826816681233, 12);
  });

  // By hand: ranks (1.5, 1.5, 3, 4) and (1, 3, 3, 3), centred (-1, -1, 0.5, 1.5) and (-1.5, 0.5, 0.5, 0.5):
  // 2 / sqrt(4.5 · 3).
  test("gives equal values the mean of their ranks", () => {
    expect(rankCorrelation([0, 0, 1, 2], [0, 5, 5, 5])).toBeCloseTo(2 / Math.sqrt(13.5), 12);
  });

  test("is undefined where a list is the same everywhere, and for empty lists", () => {
    expect(rankCorrelation([1, 1, 1], [1, 2, 3])).toBeUndefined();
    expect(rankCorrelation([1, 2, 3], [0, 0, 0])).toBeUndefined();
    expect(rankCorrelation([], [])).toBeUndefined();
  });

  test("refuses lists of different lengths", () => {
    expect(() => rankCorrelation([1], [1, 2])).toThrow("rankCorrelation: expected lists of one length, got 1 and 2");
  });
});
