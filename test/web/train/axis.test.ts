/** @file The axes of the curves that are drawn while a network learns. */

import { describe, expect, it } from "vitest";
import { path, roundUp, ticks } from "../../../web/src/train/axis.js";

describe("ticks(most, count, whole)", () => {
  it("are round numbers from 0 on", () => {
    expect(ticks(1, 4)).toEqual([0, 0.5, 1]);
    expect(ticks(0.6, 3)).toEqual([0, 0.2, 0.4, 0.6]);
    expect(ticks(2500, 5)).toEqual([0, 500, 1000, 1500, 2000, 2500]);
  });

  it("are whole where they count something", () => {
    expect(ticks(2, 8, true)).toEqual([0, 1, 2]);
  });
});

it.each([
  [0.93, 1],
  [1, 1],
  [2.1, 3],
  [6, 8],
  [81, 100],
])("roundUp(%d) is %d", (value, end) => {
  expect(roundUp(value)).toBeCloseTo(end, 12);
});

describe("path(points)", () => {
  it("moves to the first point and draws lines to the others", () => {
    expect(
      path([
        [0, 1],
        [2.25, 3],
      ]),
    ).toBe("M0.0 1.0L2.3 3.0");
    expect(path([])).toBe("");
  });

  it("leaves out points where there are more than pixels, never the last", () => {
    const many = Array.from({ length: 5000 }, (_, i) => [i, i] as const);
    const drawn = path(many);
    expect(drawn.match(/[ML]/g)?.length).toBeLessThanOrEqual(601);
    expect(drawn.endsWith("L4999.0 4999.0")).toBe(true);
  });
});
