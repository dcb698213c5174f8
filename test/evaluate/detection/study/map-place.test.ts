/** @file Where maps of boxes lie, computed by hand. */

import { describe, expect, it } from "vitest";
import { mapOfBox, placeOfChance, placeOfMap } from "../../../../src/evaluate/detection/study/map-place.js";
import { boxOnInput } from "../../../../src/evaluate/detection/study/place-boxes.js";
import { floatMap } from "../../../../src/image/map/heatmap.js";

const size = { width: 4, height: 2 };
const left = { x: 0, y: 0, width: 2, height: 2 };
const right = { x: 2, y: 0, width: 2, height: 2 };

describe("the place of a box's map", () => {
  it("is the share of it in the own box, and in those of others", () => {
    const map = floatMap(4, 2, Float32Array.of(6, 0, 1, 0, 0, 2, 0, 1));
    expect(placeOfMap(map, { own: left, others: [right], size })).toEqual({
      pointing: 1,
      energy: 0.8,
      others: expect.closeTo(0.2, 12),
    });
    const { pointing, energy, others } = placeOfMap(map, { own: right, others: [left], size });
    expect([pointing, energy]).toEqual([0, 0.2]);
    expect(others).toBeCloseTo(0.8, 12);
  });

  it("does not count what lies in the own box as well", () => {
    const map = floatMap(4, 2, new Float32Array(8).fill(1));
    const over = { x: 1, y: 0, width: 2, height: 2 };
    expect(placeOfMap(map, { own: left, others: [over], size }).others).toBeCloseTo(0.25, 12);
    expect(placeOfMap(map, { own: left, others: [left], size }).others).toBe(0);
  });

  it("counts two others over each other once", () => {
    const map = floatMap(4, 2, new Float32Array(8).fill(1));
    expect(placeOfMap(map, { own: left, others: [right, right], size }).others).toBeCloseTo(0.5, 12);
  });

  it("of a blank map is nowhere", () => {
    const map = floatMap(2, 1, new Float32Array(2));
    expect(placeOfMap(map, { own: left, others: [right], size })).toEqual({ pointing: 0, energy: 0, others: 0 });
  });

  it("of a random map is that of a uniform one", () => {
    const own = { x: 0.5, y: 0, width: 1.5, height: 1 };
    const places = { own, others: [right], size };
    const uniform = placeOfMap(floatMap(4, 2, new Float32Array(8).fill(3)), places);
    const chance = placeOfChance(places);
    expect(chance.energy).toBeCloseTo(uniform.energy, 12);
    expect(chance.others).toBeCloseTo(uniform.others, 12);
    expect(chance.pointing).toBe(chance.energy);
  });
});

describe("a box as a map", () => {
  it("has the share of each pixel that lies in it", () => {
    const map = mapOfBox({ x: 0.5, y: 0, width: 2, height: 1 }, size);
    expect(Array.from(map.values)).toEqual([0.5, 1, 0.5, 0, 0, 0, 0, 0]);
  });
});

describe("a box on the network's input", () => {
  it("lies where the picture was put", () => {
    // 100 x 50 in the middle of 200 x 200, twice as large.
    const seen = { x: 0, y: -25, width: 100, height: 100 };
    const box = { x: 10, y: 20, width: 30, height: 5 };
    expect(boxOnInput(box, seen, { width: 200, height: 200 })).toEqual({ x: 20, y: 90, width: 60, height: 10 });
  });
});
