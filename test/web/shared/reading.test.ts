/** @file What is read off a map: its value at a place, its hottest place, and its order. */

import { describe, expect, it } from "vitest";
import { boxStyle } from "../../../web/src/shared/box-style.js";
import { hottestPlace } from "../../../web/src/shared/map/hottest.js";
import { readingAt } from "../../../web/src/shared/map/reading.js";
import { rankIndices } from "../../../web/src/shared/rank.js";

const map = { width: 3, height: 2, values: Float32Array.of(0, 0.25, -0.5, 0.5, 1, 0) };
const picture = { width: 30, height: 20 };

describe("readingAt(place, picture, map, peak)", () => {
  it("is the value of the cell that the place lies in, times the peak", () => {
    expect(readingAt({ x: 12.7, y: 19 }, picture, map, 4)).toEqual({ x: 12, y: 19, value: 4, share: 1 });
    expect(readingAt({ x: 29.9, y: 9.9 }, picture, map, 4)).toEqual({ x: 29, y: 9, value: -2, share: -0.5 });
  });

  it.each([
    [-0.1, 5],
    [5, -0.1],
    [30, 5],
    [5, 20],
  ])("is nothing beside the picture, at %d, %d", (x, y) => {
    expect(readingAt({ x, y }, picture, map, 1)).toBeUndefined();
  });
});

describe("hottestPlace(map, box, strokes)", () => {
  const box = { x: 100, y: 50, width: 30, height: 20 };

  it("is the middle of the hottest cell, in the picture's pixels", () => {
    expect(hottestPlace(map, box, [])).toEqual({ x: 115, y: 65, width: 10 });
  });

  it("goes on to the next hottest where a stroke erased, but not where one only painted", () => {
    const erased = { width: 10, points: [115, 65] };
    expect(hottestPlace(map, box, [erased])).toMatchObject({ x: 105, y: 65 });
    expect(hottestPlace(map, box, [{ ...erased, color: "red" }])).toMatchObject({ x: 115, y: 65 });
  });

  it("stays where everything is erased", () => {
    expect(hottestPlace(map, box, [{ width: 1000, points: [115, 60] }])).toMatchObject({ x: 115, y: 65 });
  });
});

it("rankIndices(values) has the largest first, and equal ones in their order", () => {
  expect(rankIndices(Float32Array.of(1, 3, -2, 3))).toEqual([1, 3, 0, 2]);
});

it("boxStyle(box, picture) is in percent of the picture", () => {
  expect(boxStyle({ x: 3, y: 5, width: 10, height: 20 }, picture)).toBe(
    "left: 10.000%; top: 25.000%; width: 33.333%; height: 100.000%",
  );
});
