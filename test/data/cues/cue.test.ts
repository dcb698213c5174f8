/** @file Cues are exchanged between two images as they say. */

import { describe, expect, it } from "vitest";
import { exchangeCue } from "../../../src/data/cues/cue.js";
import type { ImageDims } from "../../../src/data/cues/image-dims.js";
import { random } from "../../../src/foundation/random.js";

const dims: ImageDims = [3, 4, 5];
const drawn = (seed: number, low: number, high: number) => {
  const source = random(seed);
  return Uint8Array.from({ length: 60 }, () => low + source.below(high - low));
};

describe("a region", () => {
  const places = new Uint8Array(20);
  places.set([1, 1], 6);
  const cue = { kind: "region" as const, mask: { width: 5, height: 4, places } };

  it("brings the donor's pixels inside, in every channel, and leaves those outside", () => {
    const [image, donor] = [drawn(1, 0, 256), drawn(2, 0, 256)];
    const [before, other] = [image.slice(), donor.slice()];
    const exchanged = exchangeCue(cue, image, donor, dims);
    exchanged.forEach((value, i) => expect(value).toBe([6, 7].includes(i % 20) ? donor[i] : image[i]));
    expect([image, donor]).toEqual([before, other]);
  });

  it("undoes itself when the donor is the image", () => {
    const image = drawn(1, 0, 256);
    expect(exchangeCue(cue, exchangeCue(cue, image, drawn(2, 0, 256), dims), image, dims)).toEqual(image);
  });

  it("is refused where its mask has another size than the images", () => {
    const image = new Uint8Array(60);
    expect(() => exchangeCue(cue, image, image, [3, 5, 4])).toThrow(/mask: expected 4x5, the images' size, got 5x4/);
    expect(() => exchangeCue(cue, image, new Uint8Array(9), dims)).toThrow(/donor: expected 60 pixels, .* got 9/);
  });
});

describe("a tint", () => {
  const moments = (values: Uint8Array) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return [mean, Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)];
  };

  it("gives each channel the donor's mean and deviation, and keeps the order of its pixels", () => {
    const [image, donor] = [drawn(3, 40, 90), drawn(4, 100, 170)];
    const exchanged = exchangeCue({ kind: "tint" }, image, donor, dims);
    for (let c = 0; c < 3; c++) {
      const part = (values: Uint8Array) => values.subarray(20 * c, 20 * (c + 1));
      const [mean, deviation] = moments(part(exchanged));
      const [otherMean, otherDeviation] = moments(part(donor));
      expect(mean).toBeCloseTo(otherMean ?? Number.NaN, 0);
      expect(deviation).toBeCloseTo(otherDeviation ?? Number.NaN, 0);
      const ranks = (values: Uint8Array) => [...values.keys()].sort((a, b) => Number(values[a]) - Number(values[b]));
      const [own, given] = [part(exchanged), part(image)];
      expect(ranks(given).map((i) => own[i])).toEqual([...own].sort((a, b) => a - b));
    }
  });

  it("gives a channel that is the same everywhere the mean alone", () => {
    const donor = drawn(4, 100, 170);
    const exchanged = exchangeCue({ kind: "tint" }, new Uint8Array(60).fill(7), donor, dims);
    expect(new Set(exchanged.subarray(0, 20))).toEqual(
      new Set([Math.round(moments(donor.subarray(0, 20))[0] as number)]),
    );
  });
});
