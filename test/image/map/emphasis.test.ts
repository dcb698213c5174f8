/** @file Which values of a map are shown: where the colour scale ends, and whether a few dots make the rest dark. */

import { expect, it } from "vitest";
import { emphasizedPeak, outshone } from "../../../src/image/map/emphasis.js";
import { floatMap } from "../../../src/image/map/heatmap.js";

/** 40 × 40 values of which `dots` are 1, and the others `rest`. */
const dotted = (dots: number, rest: number, side = 40) =>
  floatMap(side, side, new Float32Array(side * side).fill(1, 0, dots).fill(rest, dots));

it("ends the scale at the percentile that is asked for, and at the peak where that is zero", () => {
  expect(emphasizedPeak(dotted(10, 0.5), { percentile: 99 })).toBe(0.5);
  expect(emphasizedPeak(dotted(10, 0.5))).toBe(1);
  expect(emphasizedPeak(dotted(10, 0), { percentile: 99 })).toBe(1);
});

it("tells a map that a few dots make dark from one that is bright, coarse or blank", () => {
  expect(outshone(dotted(10, 0.125))).toBe(0.125);
  expect(outshone(dotted(10, 0.3))).toBeUndefined();
  expect(outshone(dotted(20, 0.125))).toBeUndefined();
  expect(outshone(dotted(1, 0.125, 14))).toBeUndefined();
  expect(outshone(dotted(0, 0))).toBeUndefined();
});
