/** @file Resampling against PyTorch, and by what must hold of any size. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { floatMap } from "../../../src/image/map/heatmap.js";
import { enlargePixels, placeMap, resizeMap, resizePicture } from "../../../src/image/picture/resize.js";
import { hill, largestDifference, stripes, unitMap } from "../fixture.js";

const side = fc.integer({ min: 1, max: 24 });

describe("resizeMap(map, width, height)", () => {
  // PyTorch 2.13, F.interpolate(mode="bilinear", align_corners=False), which computes its coordinates in float32 and is itself up
  // to 1.05e-6 off the exact values (measured in float64 by make_units.py).
  test.each([
    "1x1_to_32x32",
    "3x3_to_96x96",
    "2x5_to_61x47",
    "12x12_to_28x28",
    "24x24_to_28x28",
    "9x13_to_9x13",
    "32x32_to_20x20",
    "28x28_to_7x7",
  ])("gives PyTorch's numbers for %s", (name) => {
    const expected = unitMap(`resize_${name}.torch_bilinear`);
    const got = resizeMap(unitMap(`resize_${name}.src`), expected.width, expected.height);
    expect(got).toMatchObject({ width: expected.width, height: expected.height });
    expect(largestDifference(got.values, expected.values)).toBeLessThan(1.2e-6);
  });

  test("keeps a constant and never leaves the range of the values", () => {
    fc.assert(
      fc.property(
        side,
        side,
        side,
        side,
        fc.boolean(),
        fc.float({ min: -5, max: 5, noNaN: true }),
        (w, h, w2, h2, antialias, value) => {
          const constant = resizeMap(floatMap(w, h, new Float32Array(w * h).fill(value)), w2, h2, { antialias });
          expect(largestDifference(constant.values, new Float32Array(w2 * h2).fill(value))).toBeLessThan(1e-5);
          const { values } = resizeMap(hill(w, h), w2, h2, { antialias });
          expect(Math.max(...values)).toBeLessThanOrEqual(Math.max(...hill(w, h).values) + 1e-6);
        },
      ),
      { seed: 1, numRuns: 60 },
    );
  });

  test("widens the filter by the shrinking with antialias", () => {
    const impulse = floatMap(8, 1, Float32Array.of(0, 0, 0, 1, 0, 0, 0, 0));
    // Halving: a triangle over four samples, weights 1, 3, 3, 1 of 8.
    expect(Array.from(resizeMap(impulse, 4, 1, { antialias: true }).values)).toEqual([0, 0.375, 0.125, 0]);
    expect(Array.from(resizeMap(impulse, 4, 1).values)).toEqual([0, 0.5, 0, 0]);
  });

  test("refuses a size of nothing", () => {
    expect(() => resizeMap(hill(2, 2), 0, 3)).toThrow("resized map: size: expected positive integers, got 0x3");
  });
});

describe("resizePicture(picture, width, height)", () => {
  test("averages stripes away when shrinking", () => {
    const { pixels } = resizePicture(stripes(64, 64, 1), 8, 8);
    expect(Math.max(...pixels) - Math.min(...pixels)).toBeLessThan(25);
  });

  test("returns a picture of that size as it is", () => {
    const picture = stripes(5, 4);
    expect(resizePicture(picture, 5, 4)).toBe(picture);
  });
});

describe("enlargePixels(picture, factor)", () => {
  test("repeats each pixel", () => {
    const picture = { width: 2, height: 1, channels: 3, pixels: Uint8Array.of(1, 2, 3, 4, 5, 6) } as const;
    const row = [1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6];
    expect(enlargePixels(picture, 2)).toEqual({
      ...picture,
      width: 4,
      height: 2,
      pixels: Uint8Array.from([...row, ...row]),
    });
  });
});

describe("placeMap(map, box, width, height)", () => {
  test("is resizeMap(map, width, height) when the box is the whole picture", () => {
    const placed = placeMap(hill(7, 7), { x: 0, y: 0, width: 50, height: 40 }, 50, 40);
    expect(largestDifference(placed.values, resizeMap(hill(7, 7), 50, 40).values)).toBeLessThan(1e-6);
  });

  test("is zero where the network saw nothing", () => {
    const ones = floatMap(2, 2, new Float32Array(4).fill(1));
    const { values } = placeMap(ones, { x: 1, y: 0, width: 2, height: 3 }, 4, 3);
    expect(Array.from(values)).toEqual([0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0]);
  });

  test("cuts off what lies outside the picture", () => {
    const steps = floatMap(4, 1, Float32Array.of(1, 2, 3, 4));
    expect(Array.from(placeMap(steps, { x: -1, y: 0, width: 4, height: 1 }, 2, 1).values)).toEqual([2, 3]);
  });
});
