/** @file The sign-flip test and Holm correction, beside counts by hand, another exact test and simulation. */

import { describe, expect, it } from "vitest";
import { mcNemar } from "../../../src/evaluate/classifier/compare-classifiers.js";
import { holm } from "../../../src/evaluate/statistics/holm.js";
import { signFlip } from "../../../src/evaluate/statistics/sign-flip.js";
import { random } from "../../../src/foundation/random.js";

describe("the sign-flip test", () => {
  it("counts the ways of giving signs by hand", () => {
    // Of 1, 2, 4 with signs only +7 and -7 reach 7; 5 is reached by +-7 and +-(4 + 2 - 1).
    expect(signFlip([1, 2, 4])).toBe(2 / 8);
    expect(signFlip([-1, 2, 4])).toBe(4 / 8);
    expect(signFlip([3, 0, 0])).toBe(1);
    expect(signFlip([])).toBe(1);
  });

  it("equals McNemar's exact test where all differences have one size", () => {
    for (const [fixed, broken] of [
      [9, 1],
      [6, 4],
      [12, 3],
      [5, 5],
    ] as const) {
      const differences = [...Array(fixed).fill(1), ...Array(broken).fill(-1), 0, 0, 0];
      expect(signFlip(differences)).toBeCloseTo(mcNemar(fixed, broken), 12);
    }
  });

  it("draws for many differences what it would count, and never says zero", () => {
    const source = random(5);
    const small = Array.from({ length: 16 }, () => source.normal() + 0.5);
    // A difference of nearly nothing makes it draw, and changes no mean.
    expect(Math.abs(signFlip([...small, 1e-9]) - signFlip(small))).toBeLessThan(0.01);
    expect(signFlip(Array(100).fill(1))).toBe(1 / 20_001);
  });

  it("finds at most one in twenty where there is nothing, at every number of images", () => {
    for (const n of [6, 8, 12, 17, 40]) {
      const source = random(n);
      const runs = n > 16 ? 100 : 400;
      const found = Array.from({ length: runs }, (_, run) =>
        signFlip(
          Array.from({ length: n }, () => source.normal() ** 3),
          run,
        ),
      ).filter((p) => p <= 0.05).length;
      expect(found / runs).toBeLessThan(0.05 + 3 * Math.sqrt((0.05 * 0.95) / runs));
    }
  });
});

describe("Holm's correction", () => {
  it("is the one computed by hand", () => {
    expect(holm([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02]);
  });

  it("never goes above 1 and keeps the order", () => {
    expect(holm([0.9, 0.5, 0.6])).toEqual([1, 1, 1]);
    expect(holm([])).toEqual([]);
  });
});
