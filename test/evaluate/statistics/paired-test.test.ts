/** @file The test that verdicts rest on and its intervals, beside SciPy's, and how often they err where nothing is to be found. */

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { mcNemar } from "../../../src/evaluate/classifier/compare-classifiers.js";
import { pairedTest } from "../../../src/evaluate/statistics/paired-test.js";
import { signFlip } from "../../../src/evaluate/statistics/sign-flip.js";
import { signFlipInterval, smallestShown } from "../../../src/evaluate/statistics/sign-flip-interval.js";
import { random } from "../../../src/foundation/random.js";

interface Case {
  readonly name: string;
  readonly values: readonly number[];
  readonly p: number;
  readonly pCorrected: number;
  readonly low: number;
  readonly high: number;
}

/** Made by test/reference/permutation.py with SciPy's permutation_test. */
const cases: readonly Case[] = JSON.parse(readFileSync("test/fixtures/cases/permutation/goldens.json", "utf8"));

const normals = (count: number, seed: string) => {
  const source = random(seed);
  return Array.from({ length: count }, () => source.normal());
};

describe("p-values and intervals", () => {
  it.each(cases)("are SciPy's: $name", ({ values, p, pCorrected, low, high }) => {
    expect(signFlip(values)).toBeCloseTo(p, 12);
    expect(pairedTest(values)).toBeCloseTo(Math.max(p, pCorrected), 12);
    const found = signFlipInterval(values);
    expect(found?.low).toBeCloseTo(low, 9);
    expect(found?.high).toBeCloseTo(high, 9);
  });

  it("are those of McNemar's exact test for hits and misses, however unevenly they lie", () => {
    expect(pairedTest([1, 1, 1, 1, 1, 1, 1, 1, 0, -1])).toBeCloseTo(mcNemar(8, 1), 12);
    expect(pairedTest([])).toBe(1);
    expect(pairedTest([0.2, 0.2, 0.2, 0.2, 0.2, 0.2])).toBe(2 / 64);
  });

  it("hold nothing for five values, and for six the whole range", () => {
    expect(signFlipInterval([])).toBeNull();
    expect(signFlipInterval([1, 2, 3, 4, 5])).toEqual({ count: 5, mean: 3, low: null, high: null });
    expect(signFlipInterval([4, 1, 6, 3, 2, 5])).toEqual({ count: 6, mean: 3.5, low: 1, high: 6 });
    expect(smallestShown([4, 1, 6, 3, 2, 5], { outside: 0.05 / 2 })).toBeNull();
  });

  it("shrink to 1.96 standard errors for many values, and are the same for the same seed", () => {
    const found = signFlipInterval(normals(400, "many"));
    expect(found).toEqual(signFlipInterval(normals(400, "many")));
    const width = ((found?.high as number) - (found?.low as number)) / (2 * 1.96 * 0.05);
    expect(width).toBeGreaterThan(0.9);
    expect(width).toBeLessThan(1.1);
  });
});

const runs = 200;
/** 5 %, and what chance adds to it in so many runs once in a thousand times. */
const most = 0.05 + 3.1 * Math.sqrt((0.05 * 0.95) / runs);

describe("where there is no difference", () => {
  /** A method's value minus a baseline's, both of one kind. */
  const kinds = {
    normal: (source: ReturnType<typeof random>) => source.normal() - source.normal(),
    skewed: (source: ReturnType<typeof random>) => Math.exp(2 * source.normal()) - Math.exp(2 * source.normal()),
    "rare hits": (source: ReturnType<typeof random>) => Number(source.uniform() < 0.1) - Number(source.uniform() < 0.1),
  };

  it.each(Object.keys(kinds) as (keyof typeof kinds)[])("finds at most one in twenty of %s ones", (kind) => {
    for (const count of [6, 7, 9, 12, 24, 60, 200]) {
      const source = random(`${kind} ${count}`);
      const found = Array.from({ length: runs }, (_, seed) =>
        pairedTest(
          Array.from({ length: count }, () => kinds[kind](source)),
          { seed, draws: 199 },
        ),
      ).filter((p) => p <= 0.05).length;
      expect(found / runs, `${count} images`).toBeLessThan(most);
    }
  });

  it("is seldom misled by differences that are skewed about a mean of zero, as flipped signs alone are", () => {
    for (const [count, misled] of [
      [8, 0.07],
      [20, 0.06],
    ] as const) {
      const source = random(`exponential ${count}`);
      const samples = Array.from({ length: 800 }, () =>
        Array.from({ length: count }, () => -Math.log(1 - source.uniform()) - 1),
      );
      const share = (test: (sample: readonly number[], seed: number) => number) =>
        samples.filter((sample, seed) => test(sample, seed) <= 0.05).length / samples.length;
      expect(share((sample, seed) => signFlip(sample, seed, 199))).toBeGreaterThan(misled);
      expect(share((sample, seed) => pairedTest(sample, { seed, draws: 199 }))).toBeLessThan(0.06);
    }
  });

  it("has intervals that hold the true mean in at least 95 of 100 samples, six values or more", () => {
    for (const count of [6, 10, 15, 40]) {
      const source = random(`intervals ${count}`);
      const missed = Array.from({ length: runs }, () => {
        const found = signFlipInterval(Array.from({ length: count }, () => source.normal()));
        return (found?.low as number) > 0 || (found?.high as number) < 0;
      }).filter(Boolean).length;
      expect(missed / runs, `${count} values`).toBeLessThan(most);
    }
  });
});

it("finds most differences of the size that it says would most likely show", () => {
  for (const count of [12, 30]) {
    const source = random(`power ${count}`);
    const sample = (shift: number) => Array.from({ length: count }, () => source.normal() + shift);
    const sizes = Array.from({ length: 60 }, () => smallestShown(sample(0), { outside: 0.05 / 6 }) as number);
    const size = sizes.reduce((sum, each) => sum + each, 0) / sizes.length;
    const found = Array.from({ length: runs }, (_, seed) => pairedTest(sample(size), { seed, draws: 999 }));
    const share = found.filter((p) => p <= 0.05 / 6).length / runs;
    expect(share).toBeGreaterThan(0.6);
    expect(share).toBeLessThan(0.95);
  }
});
