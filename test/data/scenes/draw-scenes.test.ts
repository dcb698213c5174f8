/** @file Drawn scenes: the same ones again, with boxes and regions that hold what they say. */

import { describe, expect, it } from "vitest";
import { type DrawnScene, drawScenes } from "../../../src/data/scenes/draw-scenes.js";
import { sceneSide } from "../../../src/data/scenes/scene-set.js";
import { at } from "../../../src/foundation/present.js";
import type { Box } from "../../../src/image/picture/resize.js";
import { everything } from "../../support/share.js";

const set = drawScenes({ seed: 1, count: 60 });
const scenes = () => Promise.all(Array.from({ length: set.count }, (_, i) => set.read(i)));
const bytesOf = ({ picture }: DrawnScene) => Buffer.from(picture.pixels).toString("base64");

/** Around the pixels of a class inside a box. */
function around(regions: Uint8Array, classIndex: number, { x, y, width, height }: Box) {
  const found = Array.from(regions.keys()).filter((place) => {
    const [column, row] = [place % sceneSide, Math.floor(place / sceneSide)];
    const inside = column >= x && column < x + width && row >= y && row < y + height;
    return inside && regions[place] === classIndex + 1;
  });
  const [columns, rows] = [
    found.map((place) => place % sceneSide),
    found.map((place) => Math.floor(place / sceneSide)),
  ];
  const [left, top] = [Math.min(...columns), Math.min(...rows)];
  return { x: left, y: top, width: Math.max(...columns) + 1 - left, height: Math.max(...rows) + 1 - top };
}

describe("drawScenes", () => {
  it("draws the same scenes of a seed, however many, and others of another seed or part", async () => {
    const [again, one] = [await drawScenes({ seed: 1, count: 60 }).read(7), await drawScenes({ count: 8 }).read(7)];
    const expected = bytesOf(await set.read(7));
    expect([bytesOf(again), bytesOf(one)]).toEqual([expected, expected]);
    for (const other of [drawScenes({ seed: 2 }), drawScenes({ part: "train" })])
      expect(bytesOf(await other.read(7))).not.toBe(expected);
  });

  it("has two to ten objects in each, at least two of one class", async () => {
    for (const { objects } of await scenes()) {
      const counts = objects.map(({ classIndex }) => objects.filter((each) => each.classIndex === classIndex).length);
      expect(Math.max(...counts)).toBeGreaterThanOrEqual(2);
      expect(objects.length).toBeLessThanOrEqual(10);
    }
  });

  it("draws every class, at many sizes", async () => {
    const objects = (await scenes()).flatMap((scene) => scene.objects);
    expect(new Set(objects.map(({ classIndex }) => at(set.classes, classIndex)))).toEqual(new Set(set.classes));
    const sides = objects.map(({ box }) => Math.max(box.width, box.height));
    expect(sides.filter((side) => side <= 34).length).toBeGreaterThan(objects.length / 5);
    expect(sides.filter((side) => side > 56).length).toBeGreaterThan(objects.length / 15);
  });

  it.runIf(everything)(
    "has each box tight around its object's ink, inside the picture, and none over another",
    async () => {
      for (const { objects, regions } of await scenes()) {
        for (const { box, classIndex } of objects) {
          expect(around(regions, classIndex, box)).toEqual(box);
          for (const { box: other } of objects) {
            if (other === box) continue;
            const apart = other.x >= box.x + box.width || other.x + other.width <= box.x;
            expect(apart || other.y >= box.y + box.height || other.y + other.height <= box.y).toBe(true);
          }
        }
      }
    },
  );

  it.runIf(everything)("colours no pixel outside the boxes as an object's", async () => {
    for (const { objects, regions } of await scenes())
      for (const [place, region] of regions.entries()) {
        if (region === 0) continue;
        const [column, row] = [place % sceneSide, Math.floor(place / sceneSide)];
        const inside = ({ x, y, width, height }: Box) =>
          column >= x && column < x + width && row >= y && row < y + height;
        expect(objects.some(({ box, classIndex }) => classIndex + 1 === region && inside(box))).toBe(true);
      }
  });

  it("refuses a count that is none", () => {
    expect(() => drawScenes({ count: 0 })).toThrow("scenes: count: expected a whole number from 1 on, got 0");
  });
});
