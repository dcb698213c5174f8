/** @file The overlap of regions, by hand. */

import { expect, it } from "vitest";
import { RegionCounts } from "../../../src/evaluate/segmentation/mean-iou.js";

it("is intersection over union of each class over all images, and its mean over the classes that are there", () => {
  const counts = new RegionCounts(4);
  counts.add([0, 0, 1, 1], [0, 1, 1, 1]);
  counts.add([0, 2, 1, 0], [0, 1, 1, 0]);
  const { meanIou, accuracy, perClass } = counts.measure();
  expect(perClass).toEqual([
    { classIndex: 0, pixels: 4, iou: 3 / 4 },
    { classIndex: 1, pixels: 3, iou: 3 / 5 },
    { classIndex: 2, pixels: 1, iou: 0 },
    { classIndex: 3, pixels: 0, iou: undefined },
  ]);
  expect(meanIou).toBeCloseTo((3 / 4 + 3 / 5) / 3, 12);
  expect(accuracy).toBe(6 / 8);
});
