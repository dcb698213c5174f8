/** @file Colour maps against the tables of Matplotlib and OpenCV. */

import { describe, expect, test } from "vitest";
import { colormap, colormapNames, colorOf } from "../../../src/image/map/colormap.js";
import { largestDifference, unit } from "../fixture.js";

describe("colormap(name)", () => {
  // The largest difference of any of the 256 colours, in steps of 8 bits. Turbo is a polynomial in d3-scale-chromatic,
  // farthest from the table at its dark ends and 21 off elsewhere;
  // OpenCV's inferno, magma and plasma are Matplotlib's, rounded otherwise.
  test.each([
    ["viridis", "lut_mpl_viridis_rgb_u8", 1],
    ["inferno", "lut_inferno_rgb_u8", 1],
    ["magma", "lut_magma_rgb_u8", 1],
    ["plasma", "lut_plasma_rgb_u8", 1],
    ["jet", "lut_mpl_jet_rgb_u8", 1],
    ["turbo", "lut_mpl_turbo_rgb_u8", 32],
  ])("has in %s the colours of %s, but for %i of 255", (name, table, tolerance) => {
    expect(largestDifference(colormap(name).table, unit(table).data)).toBeLessThanOrEqual(tolerance);
  });

  test.each(colormapNames)("makes the 256 colours of %s once", (name) => {
    expect(colormap(name).table).toHaveLength(768);
    expect(colormap(name)).toBe(colormap(name));
  });

  test.each(["inferno", "magma", "viridis", "cividis", "grey"])("grows lighter all along %s", (name) => {
    const { table } = colormap(name);
    const luma = Array.from({ length: 256 }, (_, i) =>
      [0.2126, 0.7152, 0.0722].reduce((sum, w, c) => sum + w * (table[3 * i + c] as number), 0),
    );
    // Three steps apart, because neighbours may round to the same colour.
    for (let i = 3; i < 256; i++) expect(luma[i]).toBeGreaterThan(luma[i - 3] as number);
  });

  test.each(["rdbu_r", "puor_r"])("is palest at zero in %s, and bluer below than above", (name) => {
    const [against, neither, favour] = [-1, 0, 1].map((value) => colorOf(name, value));
    expect(Math.min(...(neither ?? []))).toBeGreaterThan(230);
    expect(favour?.[0]).toBeGreaterThan(against?.[0] as number);
    expect(favour?.[2]).toBeLessThan(against?.[2] as number);
  });

  test("names the nearest colour maps when it does not know one", () => {
    expect(() => colormap("virids")).toThrow(/^unknown colour map "virids": expected one of viridis, /);
    expect(() => colormap("toString")).toThrow(/^unknown colour map "toString"/);
  });

  test("takes one's own, if it has 256 colours", () => {
    const own = { name: "own", kind: "sequential", table: new Uint8Array(768).fill(9) } as const;
    expect(colorOf(own, 0.3)).toEqual([9, 9, 9]);
    expect(() => colormap({ ...own, table: new Uint8Array(3) })).toThrow(
      'colour map "own": table: expected 256 colours',
    );
  });
});

describe("colorOf(name, value)", () => {
  test("gives values beyond the range the colour of its end", () => {
    expect(colorOf("grey", -3)).toEqual([0, 0, 0]);
    expect(colorOf("grey", 3)).toEqual([255, 255, 255]);
    expect(colorOf("rdbu_r", -7)).toEqual(colorOf("rdbu_r", -1));
  });
});
