/** @file Parts of labelled images. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LabelledImages } from "../../src/data/dataset.js";
import { first, split, take } from "../../src/data/subsets.js";

/** Images of 1 by 2 pixels that hold their own index, with these labels. */
function numbered(labels: readonly number[]): LabelledImages {
  const pixels = Uint8Array.from(labels.flatMap((_, i) => [i, 255 - i]));
  return { pixels, labels: Uint8Array.from(labels), count: labels.length, channels: 1, height: 1, width: 2 };
}

const indicesOf = (images: LabelledImages) => [...images.pixels].filter((_, i) => i % 2 === 0);

describe("take", () => {
  it("copies the images asked for, in that order, an image twice if asked", () => {
    const images = numbered([5, 6, 7]);
    const taken = take(images, [2, 0, 2]);
    expect(taken).toEqual({
      ...images,
      pixels: Uint8Array.of(2, 253, 0, 255, 2, 253),
      labels: Uint8Array.of(7, 5, 7),
      count: 3,
    });
    expect(take(images, Uint32Array.of()).count).toBe(0);
  });

  it("refuses an index that is none", () => {
    for (const index of [3, -1, 0.5, Number.NaN]) {
      const attempt = () => take(numbered([5, 6, 7]), [0, index]);
      expect(attempt).toThrow(`take: index 1: expected a whole number from 0 to 2, got ${index}`);
      expect(attempt).toThrow(expect.objectContaining({ code: "bad-input" }));
    }
  });
});

describe("first", () => {
  it("gives the first images, or all where there are fewer, without a copy", () => {
    const images = numbered([5, 6, 7]);
    expect(indicesOf(first(images, 2))).toEqual([0, 1]);
    expect([...first(images, 2).labels]).toEqual([5, 6]);
    expect(first(images, 9)).toEqual(images);
    expect(first(images, 2).pixels.buffer).toBe(images.pixels.buffer);
    expect(first(images, 0).count).toBe(0);
  });

  it("refuses a number that is none", () => {
    for (const n of [-1, 1.5, Number.NaN]) {
      expect(() => first(numbered([1]), n)).toThrow(
        `first: number of images: expected a whole number, 0 or more, got ${n}`,
      );
    }
  });
});

describe("split", () => {
  const labels = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 20, maxLength: 200 });
  const fraction = fc.double({ min: 0.1, max: 0.9, noNaN: true });

  it("puts each image into one part, in order, and gives each class its share to within one image", () => {
    fc.assert(
      fc.property(labels, fraction, fc.integer(), (labels, fraction, seed) => {
        const { train, validation } = split(numbered(labels), fraction, seed);
        const parts = [indicesOf(train), indicesOf(validation)];
        for (const part of parts) expect(part).toEqual(part.toSorted((a, b) => a - b));
        expect(parts.flat().sort((a, b) => a - b)).toEqual(labels.map((_, i) => i));
        for (const label of new Set(labels)) {
          const [of, got] = [labels, [...validation.labels]].map((all) => all.filter((l) => l === label).length);
          expect(Math.abs((got as number) - fraction * (of as number))).toBeLessThan(1 + 1e-9);
        }
        expect(Math.abs(validation.count - fraction * labels.length)).toBeLessThan(0.5 + 1e-9);
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  it("chooses by the seed alone", () => {
    const images = numbered(Array.from({ length: 60 }, (_, i) => i % 3));
    expect(split(images, 0.2, 4)).toEqual(split(images, 0.2, 4));
    expect(split(images, 0.2, 4)).not.toEqual(split(images, 0.2, 5));
  });

  it("refuses a fraction that leaves a part empty", () => {
    for (const fraction of [0, 1, -0.1, Number.NaN]) {
      const attempt = () => split(numbered([1, 2]), fraction, 1);
      expect(attempt).toThrow(`split: fraction for validation: expected more than 0 and less than 1, got ${fraction}`);
      expect(attempt).toThrow(expect.objectContaining({ code: "bad-input" }));
    }
    expect(() => split(numbered([1, 2]), 0.1, 1)).toThrow(
      "split: 0.1 of 2 images: expected at least one image in each part, got 2 and 0",
    );
  });
});
