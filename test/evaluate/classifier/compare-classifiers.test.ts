/** @file Comparisons of two classifiers against numbers computed by hand. */

import { describe, expect, test } from "vitest";
import { compareClassifiers, mcNemar } from "../../../src/evaluate/classifier/compare-classifiers.js";

describe("compareClassifiers(a, b, labels)", () => {
  test("sorts the images by who is right", () => {
    const labels = Uint8Array.of(0, 1, 2, 3, 4, 5);
    const a = [0, 0, 0, 3, 4, 0];
    const b = [0, 1, 2, 0, 4, 1];
    expect(compareClassifiers(a, b, labels)).toEqual({
      count: 6,
      bothRight: 2,
      fixed: [1, 2],
      broken: [3],
      bothWrong: [5],
      pValue: 1,
    });
  });

  test("takes both sides the same when they are exchanged", () => {
    const [a, b, labels] = [
      [1, 1, 1, 0],
      [0, 0, 0, 1],
      [0, 0, 0, 0],
    ];
    const [there, back] = [compareClassifiers(a, b, labels), compareClassifiers(b, a, labels)];
    expect(back.fixed).toEqual(there.broken);
    expect(back.pValue).toBe(there.pValue);
  });

  test("refuses predictions for another number of images", () => {
    expect(() => compareClassifiers([0], [0, 1], [0, 1])).toThrow(
      "compareClassifiers: a: expected 2 predictions, got 1",
    );
  });
});

describe("mcNemar(fixed, broken)", () => {
  // By hand: 6 throws all one way is 2 · 1/64. The others from exact binomial sums in Python integers.
  test.each([
    [6, 0, 2 / 64],
    [1, 5, (2 * (1 + 6)) / 64],
    [0, 0, 1],
    [5, 5, 1],
    [24, 8, 0.0070003666914999485],
    [700, 800, 0.010559255466711544],
  ])("%i against %i", (fixed, broken, p) => {
    expect(mcNemar(fixed, broken)).toBeCloseTo(p, 10);
  });

  test("stays a probability where 2 to the minus n underflows", () => {
    expect(mcNemar(10_000, 10_000)).toBe(1);
    expect(mcNemar(10_000, 10_200)).toBeGreaterThan(0.1);
    expect(mcNemar(10_000, 0)).toBe(0);
  });
});
