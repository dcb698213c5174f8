/** @file Drawn digits: reproducible, balanced, and hard enough to be worth a network. */

import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { LabelledImages } from "../../../src/data/dataset.js";
import { drawDigits } from "../../../src/data/digits/digits.js";
import { first } from "../../../src/data/subsets.js";
import { permutation, random } from "../../../src/foundation/random.js";
import { everything } from "../../support/share.js";

describe("drawDigits", () => {
  it("draws grey images of 28 by 28 with ten classes and says where they came from", () => {
    const digits = drawDigits({ train: 40, test: 20 });
    expect(digits).toMatchObject({
      name: "digits",
      source: "digits drawn by fovea (seed 1), 40 training and 20 test images",
      classes: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
      train: { count: 40, channels: 1, height: 28, width: 28 },
      test: { count: 20, channels: 1, height: 28, width: 28 },
    });
    expect(digits.train.pixels).toHaveLength(40 * 784);
  });

  it("draws the same bytes for the same seed, others for another", () => {
    const digest = (seed: number | string) =>
      createHash("md5")
        .update(drawDigits({ seed, train: 200, test: 100 }).train.pixels)
        .digest("hex");
    expect(digest(3)).toBe(digest(3));
    expect(digest("3")).toBe(digest(3));
    expect(digest(3)).not.toBe(digest(4));
  });

  it("draws test images that don't depend on the number of training images, and other than those", () => {
    const [few, many] = [drawDigits({ train: 10, test: 50 }), drawDigits({ train: 95, test: 50 })];
    expect(many.test).toEqual(few.test);
    expect(first(many.train, 10)).toEqual(few.train);
    expect(first(many.train, 50).pixels).not.toEqual(many.test.pixels);
  });

  it("draws every digit equally often, in no fixed order", () => {
    const { labels } = drawDigits({ train: 500, test: 0 }).train;
    for (let digit = 0; digit < 10; digit++) expect(labels.filter((label) => label === digit)).toHaveLength(50);
    expect(labels.slice(0, 10)).not.toEqual(labels.slice(10, 20));
  });

  it("leaves paper black at the edge, inks a digit white, and draws no two alike", () => {
    const { pixels, count } = drawDigits({ train: 500, test: 0 }).train;
    const seen = new Set<string>();
    for (let i = 0; i < count; i++) {
      const image = pixels.subarray(i * 784, (i + 1) * 784);
      const inked = image.filter((value) => value > 100).length;
      expect(Math.max(...image)).toBeGreaterThan(150);
      expect(inked).toBeGreaterThan(20);
      expect(inked).toBeLessThan(300);
      seen.add(createHash("md5").update(image).digest("hex"));
    }
    expect(seen.size).toBe(count);
    const border = Array.from({ length: count }, (_, i) => pixels.subarray(i * 784, i * 784 + 28));
    const bright = border.filter((row) => row.some((value) => value > 60)).length;
    expect(bright).toBeLessThan(count * 0.03);
  });

  it("refuses a number of images that is none", () => {
    for (const [options, what] of [
      [{ train: -1 }, "training"],
      [{ test: 2.5 }, "test"],
    ] as const) {
      const attempt = () => drawDigits(options);
      expect(attempt).toThrow(`digits: number of ${what} images: expected a whole number, 0 or more, got `);
      expect(attempt).toThrow(expect.objectContaining({ code: "bad-input" }));
    }
  });

  it.runIf(everything)(
    "is too hard for a linear classifier, yet learnable",
    () => {
      const { train, test } = drawDigits({ train: 6000 });
      const accuracy = linearAccuracy(train, test, 6);
      expect(accuracy).toBeLessThan(0.95);
      expect(accuracy).toBeGreaterThan(0.8);
    },
    30000,
  );
});

/** Test accuracy of softmax regression after so many epochs of stochastic gradient descent, batches of 32. */
function linearAccuracy(train: LabelledImages, test: LabelledImages, epochs: number): number {
  const [size, classes, batch] = [784, 10, 32];
  const source = random("linear");
  const weights = new Float32Array(classes * (size + 1));
  const scores = new Float32Array(classes);
  const score = ({ pixels }: LabelledImages, i: number) => {
    for (let c = 0; c < classes; c++) {
      let sum = weights[c * (size + 1) + size] as number;
      for (let p = 0; p < size; p++)
        sum += ((weights[c * (size + 1) + p] as number) * (pixels[i * size + p] as number)) / 255;
      scores[c] = sum;
    }
  };
  for (let epoch = 0; epoch < epochs; epoch++) {
    const gradient = new Float32Array(weights.length);
    permutation(train.count, source).forEach((i, place) => {
      score(train, i);
      const top = Math.max(...scores);
      const total = scores.reduce((sum, value) => sum + Math.exp(value - top), 0);
      for (let c = 0; c < classes; c++) {
        const error = Math.exp((scores[c] as number) - top) / total - (train.labels[i] === c ? 1 : 0);
        const row = c * (size + 1);
        for (let p = 0; p < size; p++)
          gradient[row + p] = (gradient[row + p] as number) + (error * (train.pixels[i * size + p] as number)) / 255;
        gradient[row + size] = (gradient[row + size] as number) + error;
      }
      if ((place + 1) % batch === 0) {
        for (let w = 0; w < weights.length; w++)
          weights[w] = (weights[w] as number) - (0.1 / batch) * (gradient[w] as number);
        gradient.fill(0);
      }
    });
  }
  let right = 0;
  for (let i = 0; i < test.count; i++) {
    score(test, i);
    if (scores.indexOf(Math.max(...scores)) === test.labels[i]) right++;
  }
  return right / test.count;
}
