/** @file Where tiles of a long grid lie, which are in sight, and where keys lead. */

import { describe, expect, it } from "vitest";
import { gap, gridShape, inSight, stepTo } from "../../../web/src/audit/grid/rows.js";

const shape = { count: 100, columns: 10, pitch: 50 };

describe("gridShape(count, width, tile, text)", () => {
  it("has as many columns as fit, and rows as high as a tile and its text", () => {
    expect(gridShape(7, 4 * 100 + 3 * gap, 100, 40)).toEqual({ count: 7, columns: 4, pitch: 140 + gap });
    expect(gridShape(7, 4 * 100 + 3 * gap - 1, 100, 40).columns).toBe(3);
  });

  it("has one column where none fits", () => {
    expect(gridShape(7, 60, 100, 40).columns).toBe(1);
  });
});

describe("inSight(shape, top, height, current)", () => {
  const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

  it("has the rows of the window and one around them", () => {
    expect(inSight(shape, 200, 100, 45)).toEqual(range(30, 80));
    expect(inSight(shape, -100, 200, 0)).toEqual(range(0, 40));
  });

  it("keeps the current tile wherever it is", () => {
    expect(inSight(shape, 350, 50, 3)).toEqual([3, ...range(60, 100)]);
    expect(inSight(shape, 0, 50, 99)).toEqual([...range(0, 30), 99]);
    expect(inSight(shape, 0, 50, 100)).toEqual(range(0, 30));
  });
});

describe("stepTo(key, at, shape, page)", () => {
  const from = (at: number, ...keys: string[]) => keys.map((key) => stepTo(key, at, { ...shape, count: 95 }, 3));

  it("moves by tiles, rows and pages", () => {
    expect(from(45, "ArrowRight", "ArrowLeft", "ArrowDown", "ArrowUp", "PageDown", "PageUp")).toEqual([
      46, 44, 55, 35, 75, 15,
    ]);
    expect(from(45, "Home", "End", "x")).toEqual([0, 94, undefined]);
  });

  it("stays inside, and in its column", () => {
    expect(from(94, "ArrowRight", "ArrowDown", "PageDown")).toEqual([94, 94, 94]);
    expect(from(87, "ArrowDown")).toEqual([87]);
    expect(from(3, "ArrowUp", "PageUp")).toEqual([3, 0]);
  });
});
