/** @file Sharpening of regions: the cue's place is left, the object's goes, on images whose cue is known to the pixel. */

import { describe, expect, it } from "vitest";
import { random } from "../../../src/foundation/random.js";
import type { Mask } from "../../../src/image/map/mask.js";
import { pieces } from "../../../src/image/map/pieces.js";
import { areaOf, overlap, union } from "../../../src/improve/discover/regions.js";
import { sharpener } from "../../../src/improve/discover/sharpen.js";

const side = 28;

function box(left: number, top: number, width: number, height = width): Mask {
  const places = new Uint8Array(side * side);
  for (let y = top; y < top + height; y++) places.fill(1, y * side + left, y * side + left + width);
  return { width: side, height: side, places };
}

const stamp = box(0, 0, 8);
const object = box(12, 8, 8, 12);

/** A stamp that says the label of `tied` of the images, and an object of which every place is lighter for one class, amid much noise. */
function images(tied: number) {
  const source = random("sharpen");
  const labels = Array.from({ length: 300 }, (_, i) => i % 2);
  const pixels = labels.map((label) => {
    const said = source.uniform() < tied ? label : 1 - label;
    return Uint8Array.from({ length: side * side }, (_, i) => {
      if (stamp.places[i] === 1) return said === 1 ? 220 : 30;
      const light = object.places[i] === 1 && label === 1 ? 8 : 0;
      return 60 + light + source.below(120);
    });
  });
  return { pixels, labels, classes: 2 };
}

describe("a region that holds a stamp and parts of the object", () => {
  const { sharpen, bestWindow } = sharpener(images(0.95));

  it("becomes the stamp's, to a pixel or two", () => {
    const found = sharpen(union([box(3, 3, 4), object]));
    expect(found).toHaveLength(1);
    const [usual, narrower, wider] = found[0] ?? [];
    expect(overlap(usual as Mask, stamp)).toBeGreaterThan(0.6);
    expect(overlap(usual as Mask, object)).toBe(0);
    expect(areaOf(narrower as Mask)).toBeLessThanOrEqual(areaOf(usual as Mask));
    expect(areaOf(wider as Mask)).toBeGreaterThanOrEqual(areaOf(usual as Mask));
  });

  it("is told apart by what its best window tells", () => {
    expect(bestWindow(stamp)).toBeGreaterThan(0.92);
    expect(bestWindow(box(20, 20, 8))).toBeLessThan(0.65);
  });
});

it("leaves a region alone that no small window explains", () => {
  const source = random("a large object");
  const large = box(4, 4, 20);
  const labels = Array.from({ length: 300 }, (_, i) => i % 2);
  const pixels = labels.map((label) =>
    Uint8Array.from(large.places, (place) => 60 + source.below(120) + (place === 1 && label === 1 ? 5 : 0)),
  );
  expect(sharpener({ pixels, labels, classes: 2 }).sharpen(large).length).toBe(0);
});

it("gives two stamps together, and each of them", () => {
  const { pixels, ...rest } = images(1);
  const [first, second] = [box(0, 0, 6), box(22, 22, 6)];
  const both = pixels.map((image) => {
    const value = image[0] as number;
    return image.map((old, i) => (second.places[i] === 1 ? value : old));
  });
  const found = sharpener({ ...rest, pixels: both }).sharpen(union([first, second]));
  expect(found.map(([usual]) => pieces(usual as Mask).length)).toEqual([2, 1, 1]);
});

describe("pieces", () => {
  it("hang together by sides and corners, the largest first", () => {
    const mask = union([box(0, 0, 2), box(2, 2, 1), box(10, 10, 3)]);
    const found = pieces(mask);
    expect(found.map((piece) => piece.places.reduce((sum, place) => sum + place, 0))).toEqual([9, 5]);
    expect(union(found).places).toEqual(mask.places);
  });

  it("are none of an empty mask", () => {
    expect(pieces(box(0, 0, 0))).toEqual([]);
  });
});
