/** @file Bootstrap intervals against what is known of means. */

import { expect, it } from "vitest";
import { bootstrapMean } from "../../../src/evaluate/statistics/bootstrap.js";
import { random } from "../../../src/foundation/random.js";
import { everything } from "../../support/share.js";

it("says nothing of no value, and nothing of the spread of one", () => {
  expect(bootstrapMean([])).toBeNull();
  expect(bootstrapMean([3])).toEqual({ count: 1, mean: 3, low: null, high: null });
  expect(bootstrapMean([2, 2, 2])).toEqual({ count: 3, mean: 2, low: 2, high: 2 });
});

it("is the same for the same seed, and about 1.96 standard errors wide for many values", () => {
  const source = random("values");
  const values = Array.from({ length: 400 }, () => source.normal());
  const found = bootstrapMean(values);
  expect(found).toEqual(bootstrapMean(values));
  expect(found?.mean).toBeCloseTo(values.reduce((sum, value) => sum + value, 0) / 400, 12);
  const [low, high] = [found?.low as number, found?.high as number];
  expect((high - low) / (2 * 1.96 * 0.05)).toBeGreaterThan(0.85);
  expect((high - low) / (2 * 1.96 * 0.05)).toBeLessThan(1.15);
});

it.runIf(everything)("holds the true mean in about 95 of 100 samples", () => {
  const source = random("samples");
  const hits = Array.from({ length: 200 }, () => {
    const found = bootstrapMean(Array.from({ length: 40 }, () => source.uniform()));
    return (found?.low as number) <= 0.5 && (found?.high as number) >= 0.5;
  }).filter(Boolean).length;
  expect(hits).toBeGreaterThan(180);
  expect(hits).toBeLessThan(200);
});
