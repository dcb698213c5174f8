/** @file A map laid over a picture, and the lines around its levels. */

import { describe, expect, it } from "vitest";
import { contourLines } from "../../../web/src/shared/map/contours.js";
import { heatOver, mapColors } from "../../../web/src/shared/map/heat.js";

const picture = { width: 280, height: 280 };
const whole = { x: 0, y: 0, ...picture };
const half = { width: 2, height: 1, values: Float32Array.of(0, 2) };
const how = { signed: false, peak: 4, top: 100 };

describe("heatOver(evidence, picture, box, options)", () => {
  it("is the map as a share of the peak, over the whole picture", () => {
    const { map, from } = heatOver(half, picture, whole, how);
    expect([map.width, map.height, from]).toEqual([280, 280, 0]);
    expect([map.values[0], map.values[279]]).toEqual([0, 0.5]);
  });

  it("keeps what speaks against only where it is asked for", () => {
    const against = { width: 1, height: 1, values: Float32Array.of(-2) };
    expect(heatOver(against, picture, whole, how).map.values[0]).toBe(0);
    expect(heatOver(against, picture, whole, { ...how, signed: true }).map.values[0]).toBe(-0.5);
  });

  it("is 0 beside the box that the map covers", () => {
    const { map } = heatOver(
      { ...half, values: Float32Array.of(4, 4) },
      picture,
      { ...whole, x: 140, width: 140 },
      how,
    );
    expect([map.values[0], map.values[100], map.values[200], map.values[279]]).toEqual([0, 0, 1, 1]);
  });

  it("is no finer than is to be seen, and no coarser than small pictures need", () => {
    const sides = (width: number, height: number) => {
      const { map } = heatOver(half, { width, height }, { x: 0, y: 0, width, height }, how);
      return [map.width, map.height];
    };
    expect(sides(4000, 2000)).toEqual([512, 256]);
    expect(sides(28, 14)).toEqual([280, 140]);
  });

  it("shows from the value on that the hottest percent reach", () => {
    const values = Float32Array.from({ length: 100 }, (_, i) => (i < 25 ? 4 : 1));
    const { map, from } = heatOver({ width: 10, height: 10, values }, picture, whole, { ...how, top: 20 });
    const shown = map.values.filter((value) => value >= from).length / map.values.length;
    expect(from).toBeGreaterThan(0.25);
    expect(shown).toBeGreaterThanOrEqual(0.2);
    expect(shown).toBeLessThan(0.3);
  });
});

it("mapColors(name, signed) takes a diverging scale for signed maps", () => {
  expect(mapColors("inferno", false).kind).toBe("sequential");
  expect(mapColors("inferno", true).kind).toBe("diverging");
});

it("contourLines(heat) run between the two sides of a step, for each level that it crosses", () => {
  const values = Float32Array.from({ length: 400 }, (_, i) => (i % 20 < 10 ? 0 : 0.6));
  const lines = contourLines({ map: { width: 20, height: 20, values }, signed: false, from: 0 });
  expect(lines.map(({ level }) => level)).toEqual([0.25, 0.5, 0.75]);
  expect(lines[2]?.path).toBe("");
  const xs = (path = "") => [...path.matchAll(/[ML]([\d.]+) /g)].map(([, x]) => Number(x));
  for (const { path } of lines.slice(0, 2)) {
    expect(Math.min(...xs(path))).toBeGreaterThan(9);
    expect(Math.min(...xs(path))).toBeLessThan(11);
    expect(Math.max(...xs(path))).toBe(20);
  }
});
