/** @file Display maps: how raw values become 0 to 1. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { commonPeak, floatMap, mapPeak, normalizeMap } from "../../../src/image/map/heatmap.js";

const map = (...values: number[]) => ({ width: values.length, height: 1, values: Float32Array.from(values) });

describe("floatMap(width, height, values)", () => {
  test("refuses a value that is not finite, naming its place", () => {
    const values = Float32Array.of(0, 1, 2, Number.NaN);
    expect(() => floatMap(2, 2, values)).toThrow("map 2x2: row 1, column 1: expected a finite number, got NaN");
  });

  test("refuses values that do not fit the size", () => {
    expect(() => floatMap(2, 2, new Float32Array(3))).toThrow("map 2x2: values: expected 4, got 3");
  });
});

describe("normalizeMap(map)", () => {
  test("divides by the map's own peak and counts negative values as none", () => {
    expect(normalizeMap(map(-1, 0, 1, 4))).toEqual(map(0, 0, 0.25, 1));
  });

  test("never stretches a map of zeros, nor one without a positive value", () => {
    expect(normalizeMap(map(0, 0))).toEqual(map(0, 0));
    expect(normalizeMap(map(-2, -1))).toEqual(map(0, 0));
  });

  test("divides by a given peak, so that maps can be compared", () => {
    const [weak, strong] = [map(0, 1), map(0, 4)];
    const peak = commonPeak([weak, strong]);
    expect(peak).toBe(4);
    expect(normalizeMap(weak, { peak })).toEqual(map(0, 0.25));
    expect(normalizeMap(map(9), { peak })).toEqual(map(1));
  });

  test("keeps signs and zero when signed", () => {
    expect(normalizeMap(map(-4, 0, 2), { signed: true })).toEqual(map(-1, 0, 0.5));
    expect(mapPeak(map(-4, 0, 2), { signed: true })).toBe(4);
  });

  test("refuses a value that is not finite and a peak that is none", () => {
    expect(() => normalizeMap(map(1, Number.NaN))).toThrow(
      "map 2x1: row 0, column 1: expected a finite number, got NaN",
    );
    expect(() => normalizeMap(map(1), { peak: -1 })).toThrow(
      "map 1x1: peak: expected a finite number of at least 0, got -1",
    );
  });

  test("stays in range and does not change with the map's scale", () => {
    const values = fc.array(fc.float({ min: -100, max: 100, noNaN: true, noDefaultInfinity: true }), {
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(values, fc.boolean(), (list, signed) => {
        const once = normalizeMap(map(...list), { signed }).values;
        expect(once.every((value) => value >= (signed ? -1 : 0) && value <= 1)).toBe(true);
        // A power of two, so that no rounding comes in (values near zero apart, which are powers of two themselves).
        expect(normalizeMap(map(...list.map((value) => 8 * value)), { signed }).values).toEqual(once);
      }),
      { seed: 1, numRuns: 200 },
    );
  });
});
