/** @file Overlays: the two blends, against pytorch-grad-cam and by hand. */

import { describe, expect, test } from "vitest";
import { type Colormap, colorOf } from "../../../src/image/map/colormap.js";
import { colorizeMap, overlay } from "../../../src/image/map/overlay.js";
import { hill, largestDifference, stripes, unit, unitMap, unitPicture } from "../fixture.js";

const jet: Colormap = { name: "OpenCV's jet", kind: "sequential", table: unit("lut_jet_rgb_u8").data as Uint8Array };

describe('overlay(picture, map, { blend: "constant" })', () => {
  // pytorch-grad-cam's show_cam_on_image truncates the map to 8 bits, blends, and then divides everything by the largest sample.
  test.each([
    ["overlay_rgb_u8", 0.5],
    ["overlay_rgb_w03_u8", 0.7],
  ])("is show_cam_on_image's blend before its last division: %s", (name, opacity) => {
    const mask = unitMap("overlay_mask");
    const map = { ...mask, values: mask.values.map((value) => Math.floor(255 * value) / 255) };
    const { pixels } = overlay(unitPicture("overlay_img_u8"), map, { blend: "constant", opacity, colormap: jet });
    const largest = Math.max(...pixels);
    const divided = pixels.map((sample) => Math.floor((255 * sample) / largest));
    expect(largestDifference(divided, unit(name).data)).toBeLessThanOrEqual(2);
  });
});

describe("overlay(picture, map)", () => {
  const grey = { width: 4, height: 1, channels: 1, pixels: Uint8Array.of(100, 100, 100, 100) } as const;

  test("leaves the picture as it is where there is no evidence", () => {
    const picture = stripes(6, 5);
    expect(overlay(picture, { width: 6, height: 5, values: new Float32Array(30) })).toEqual(picture);
  });

  test("paints more the more evidence there is, up to half the peak", () => {
    const map = { width: 4, height: 1, values: Float32Array.of(0, 0.25, 0.5, 1) };
    const { pixels } = overlay(grey, map, { colormap: "grey", opacity: 0.6 });
    const red = [0, 1, 2, 3].map((i) => pixels[3 * i]);
    expect(red).toEqual([
      100,
      Math.round(0.7 * 100 + 0.3 * 64),
      Math.round(0.4 * 100 + 0.6 * 128),
      0.4 * 100 + 0.6 * 255,
    ]);
  });

  test("paints evidence against as strongly as evidence for with a diverging colour map", () => {
    const map = { width: 4, height: 1, values: Float32Array.of(-1, 0, 1, 0) };
    const { pixels } = overlay(grey, map, { colormap: "rdbu_r", opacity: 1 });
    expect(Array.from(pixels.subarray(0, 3))).toEqual(colorOf("rdbu_r", -1));
    expect(Array.from(pixels.subarray(3, 6))).toEqual([100, 100, 100]);
    expect(Array.from(pixels.subarray(6, 9))).toEqual(colorOf("rdbu_r", 1));
  });

  test("brings a coarse map to the picture's size", () => {
    const { width, height, pixels } = overlay(stripes(30, 20), hill(5, 5));
    expect([width, height, pixels.length]).toEqual([30, 20, 1800]);
  });

  test("refuses an opacity beyond 1 and a map with NaN", () => {
    expect(() => overlay(grey, hill(4, 1), { opacity: 2 })).toThrow("overlay: opacity: expected 0 to 1, got 2");
    const broken = { width: 4, height: 1, values: Float32Array.of(0, Number.NaN, 0, 0) };
    expect(() => overlay(grey, broken)).toThrow("map 4x1: row 0, column 1: expected a finite number, got NaN");
  });
});

describe("colorizeMap(map, colormap)", () => {
  test("gives each value its colour", () => {
    const { pixels } = colorizeMap({ width: 2, height: 1, values: Float32Array.of(0, 1) }, "viridis");
    expect(Array.from(pixels)).toEqual([...colorOf("viridis", 0), ...colorOf("viridis", 1)]);
  });
});
