/** @file Drawn shapes: reproducible, and what decides the class lies in the boxes and nowhere else. */

import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { LabelledImages } from "../../src/data/dataset.js";
import { drawShapes } from "../../src/data/shapes.js";
import { first, take } from "../../src/data/subsets.js";

const side = 42;
const { test: images, classes } = drawShapes({ train: 0, test: 400 });

/** Grey values inside or outside of an image's box. */
function valuesWhere({ pixels, boxes }: LabelledImages, i: number, inside: boolean): number[] {
  const [box] = boxes?.[i] ?? [];
  if (!box) throw new Error(`image ${i} has no box`);
  const image = pixels.subarray(i * side * side, (i + 1) * side * side);
  return [...image].filter((_, at) => {
    const [x, y] = [at % side, Math.floor(at / side)];
    const covered = x + 1 > box.x && x < box.x + box.width && y + 1 > box.y && y < box.y + box.height;
    return covered === inside;
  });
}

describe("drawShapes", () => {
  it("draws images of 42 by 42 with four classes and a box each, and says where they came from", () => {
    const shapes = drawShapes({ train: 20, test: 10 });
    expect(shapes).toMatchObject({
      name: "shapes",
      source: "shapes among distractors drawn by fovea (seed 1), 20 training and 10 test images",
      classes: ["triangle", "square", "cross", "ring"],
      train: { count: 20, channels: 1, height: 42, width: 42 },
    });
    expect(shapes.train.boxes).toHaveLength(20);
  });

  it("draws the same bytes for the same seed, whatever the number of training images, others for another", () => {
    const digest = (seed: number, train: number) =>
      createHash("md5")
        .update(drawShapes({ seed, train, test: 30 }).test.pixels)
        .digest("hex");
    expect(digest(3, 0)).toBe(digest(3, 50));
    expect(digest(3, 0)).not.toBe(digest(4, 0));
  });

  it("puts the shape inside its box, inside the image, anywhere on it", () => {
    const centres = new Set<string>();
    for (const [i, [box]] of (images.boxes ?? []).entries()) {
      if (!box) throw new Error("no box");
      expect(Math.max(...valuesWhere(images, i, true))).toBeGreaterThan(120);
      for (const [start, length] of [
        [box.x, box.width],
        [box.y, box.height],
      ] as const) {
        expect(start).toBeGreaterThan(-1);
        expect(start + length).toBeLessThan(side + 1);
        expect(length).toBeGreaterThan(5);
        expect(length).toBeLessThan(15);
      }
      centres.add(`${Math.floor((box.x + box.width / 2) / 14)} ${Math.floor((box.y + box.height / 2) / 14)}`);
    }
    expect(centres.size).toBe(9);
  });

  it("draws as much outside of the box for every class: nothing there tells them apart", () => {
    const means = classes.map((_, label) => {
      const own = Array.from(images.labels.keys()).filter((i) => images.labels[i] === label);
      const sums = own.map((i) => valuesWhere(images, i, false).reduce((sum, value) => sum + value, 0) / 1000);
      const mean = sums.reduce((sum, value) => sum + value, 0) / sums.length;
      const spread = Math.sqrt(sums.reduce((sum, value) => sum + (value - mean) ** 2, 0) / sums.length);
      return { mean, error: spread / Math.sqrt(sums.length) };
    });
    for (const a of means)
      for (const b of means) expect(Math.abs(a.mean - b.mean)).toBeLessThan(4 * Math.hypot(a.error, b.error));
  });

  it("keeps the boxes with the images when some are taken", () => {
    expect(take(images, [7, 2]).boxes).toEqual([images.boxes?.[7], images.boxes?.[2]]);
    expect(first(images, 3).boxes).toEqual(images.boxes?.slice(0, 3));
  });

  it("refuses a number of images that is none", () => {
    expect(() => drawShapes({ train: -1 })).toThrow("shapes: number of training images: expected a whole number");
  });
});
