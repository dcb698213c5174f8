/** @file Axes as parts: rows and columns that reshapes split and join, that rolls turn, and that tokens stand before. */

import { describe, expect, it } from "vitest";
import {
  type Axis,
  axisOf,
  chainAxes,
  gridAxis,
  gridIn,
  isWhole,
  regroupAxes,
  sizeOf,
  sliceAxis,
} from "../../../src/model/layers/axes.js";

const batch = axisOf("batch", 8191);
const row = axisOf("row", 4);
const column = axisOf("column", 8);
const channels = axisOf("other", 6);
const parts = (axis: Axis) => axis.map(({ of, size, step }) => `${of} ${size} by ${step}`).join(", ");

describe("regroupAxes", () => {
  it("joins rows and columns to tokens, and splits them again", () => {
    const tokens = regroupAxes([batch, row, column, channels], [8191, 32, 6]) as Axis[];
    expect(tokens.map(parts)).toEqual(["batch 8191 by 1", "row 4 by 1, column 8 by 1", "other 6 by 1"]);
    expect(gridIn(tokens[1] as Axis)).toEqual({ sizes: [1, 4, 8], before: 0 });
    expect(regroupAxes(tokens, [8191, 4, 8, 6])).toEqual([batch, row, column, channels]);
  });

  it("splits rows to windows, whose places are no whole grid, and joins windows to rows", () => {
    const [, outer, inner] = regroupAxes([batch, row, column], [8191, 2, 2, 8]) as Axis[];
    expect([outer, inner].map((axis) => parts(axis as Axis))).toEqual(["row 2 by 2", "row 2 by 1"]);
    expect([isWhole(outer as Axis, "row"), isWhole(inner as Axis, "row")]).toEqual([true, false]);
    expect(regroupAxes([outer as Axis, inner as Axis], [4])).toEqual([row]);
  });

  it("finds one unknown size, but not two, and splits no part unevenly", () => {
    expect(regroupAxes([batch, row], [Number.NaN, 2, 2])?.map(sizeOf)).toEqual([8191, 2, 2]);
    expect(regroupAxes([batch, row], [Number.NaN, Number.NaN, 2])).toBeUndefined();
    expect(regroupAxes([axisOf("row", 6)], [4, 1.5])).toBeUndefined();
  });
});

describe("sliceAxis and chainAxes", () => {
  it("know a rolled axis until it is rolled back", () => {
    const rolled = chainAxes([sliceAxis(row, 1, 3), sliceAxis(row, 0, 1)], [3, 1]);
    expect(isWhole(rolled, "row")).toBe(false);
    expect(chainAxes([sliceAxis(rolled, 3, 1), sliceAxis(rolled, 0, 3)], [1, 3])).toEqual(row);
  });

  it("make a coarser grid of every second place", () => {
    expect(parts(sliceAxis(row, 1, 2, 2))).toBe("row 2 by 2");
    expect(isWhole(sliceAxis(row, 1, 2, 2), "row")).toBe(true);
  });

  it("put tokens before a grid, and take them away again", () => {
    const grid = [...row, ...column];
    const tokens = chainAxes([undefined, grid], [2, 32]);
    expect(gridIn(tokens)).toEqual({ sizes: [1, 4, 8], before: 2 });
    expect(tokens).toEqual(gridAxis([4, 8], 2, 34));
    expect(sliceAxis(tokens, 2, 32)).toEqual(grid);
    expect(sliceAxis(tokens, 1, 33)).toEqual(gridAxis([4, 8], 1, 33));
    expect(parts(sliceAxis(tokens, 0, 1))).toBe("");
    expect(parts(sliceAxis(tokens, 5, 20))).toBe("lost 20 by 1");
    expect(parts(chainAxes([grid, grid], [32, 32]))).toBe("lost 64 by 1");
  });
});
