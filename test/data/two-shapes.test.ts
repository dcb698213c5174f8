/** @file Images with two shapes: each is there once for each of its classes, with the half in which that class's shape lies. */

import { expect, it } from "vitest";
import { drawTwoShapes } from "../../src/data/two-shapes.js";

const { test: images, train, classes } = drawTwoShapes({ test: 201 });
const picture = (i: number) => Buffer.from(images.pixels.subarray(i * 1764, (i + 1) * 1764));

it("has every image twice, with two classes and opposite halves; an odd number ends with half a pair", () => {
  expect([images.count, images.boxes?.length, train.count]).toEqual([201, 201, 0]);
  for (let i = 0; i < 200; i += 2) {
    expect(picture(i + 1).equals(picture(i))).toBe(true);
    expect(images.labels[i + 1]).not.toBe(images.labels[i]);
    const [[first], [second]] = [images.boxes?.[i] ?? [], images.boxes?.[i + 1] ?? []];
    if (!first || !second) throw new Error(`image ${i} has no halves`);
    expect(first.width * first.height + second.width * second.height).toBe(1764);
    expect([first.x + second.x, first.y + second.y].sort()).toEqual([0, 21]);
  }
  expect(picture(200).equals(picture(198))).toBe(false);
});

it("draws every class in every half, and something in both halves of an image", () => {
  const places = new Set(images.boxes?.map(([box], i) => `${classes[images.labels[i] ?? 0]} ${JSON.stringify(box)}`));
  expect(places.size).toBe(16);
  for (let i = 0; i < 200; i++) {
    const [{ x, y, width, height } = { x: 0, y: 0, width: 0, height: 0 }] = images.boxes?.[i] ?? [];
    const bright = picture(i).filter((value, at) => {
      const [column, row] = [at % 42, Math.floor(at / 42)];
      return value > 120 && column >= x && column < x + width && row >= y && row < y + height;
    });
    expect(bright.length).toBeGreaterThan(20);
  }
});

it("draws the same bytes for the same seed, and others for another", () => {
  const known = Buffer.from(images.pixels.subarray(0, 20 * 1764));
  expect(known.equals(drawTwoShapes({ test: 20 }).test.pixels)).toBe(true);
  expect(known.equals(drawTwoShapes({ test: 20, seed: 2 }).test.pixels)).toBe(false);
});
