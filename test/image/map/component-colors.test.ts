/** @file Three numbers of each place as one colour. */

import { describe, expect, it } from "vitest";
import { componentAlone, componentColors } from "../../../src/image/map/component-colors.js";
import { floatMap } from "../../../src/image/map/heatmap.js";

const map = (...values: number[]) => floatMap(values.length, 1, Float32Array.from(values));

describe("componentColors", () => {
  const maps = [map(-1, 0, 1), map(5, 5, 5), map(0, 10, 40)];

  it("draws each from its least to its largest value, and cuts off what is beyond", () => {
    const colors = componentColors(maps, [
      [-1, 1],
      [5, 5],
      [0, 20],
    ]);
    expect([...colors.pixels]).toEqual([0, 128, 0, 128, 128, 128, 255, 128, 255]);
    expect([...componentAlone(colors, 2).pixels]).toEqual([0, 0, 0, 0, 0, 128, 0, 0, 255]);
  });

  it("refuses maps of several sizes", () => {
    const ranges = maps.map(() => [0, 1] as const);
    expect(() => componentColors([...maps.slice(1), map(1)], ranges)).toThrow(/expected three maps of one size/);
  });
});
