/** @file The embedded model warns of pictures that are no digits, and of no others. */

import { describe, expect, it } from "vitest";
import { withDigitWarning } from "../../../src/cli/explain/digit-warning.js";
import { drawDigits } from "../../../src/data/digits/digits.js";
import { random } from "../../../src/foundation/random.js";
import { createPicture, type Picture } from "../../../src/image/picture/picture.js";
import { enlargePixels, resizePicture } from "../../../src/image/picture/resize.js";
import { float32 } from "../../../src/onnx/tensor.js";

const input = float32([1, 1, 1, 1], [0]);
const warnings = (picture: Picture, isArray = false) =>
  withDigitWarning({ path: "a.png", input, pictures: [picture], box: undefined, notes: [], isArray }).warnings ?? [];

/** Blobs of noise, as coarse as those of a photo. */
function photo(channels: 1 | 3, width = 60, height = 40): Picture {
  const source = random(3);
  const coarse = Uint8Array.from({ length: 9 * 6 * channels }, () => Math.floor(256 * source.uniform()));
  return resizePicture(createPicture(9, 6, channels, coarse), width, height);
}

describe("withDigitWarning(image)", () => {
  it("says nothing of drawn digits, light on dark or dark on light, of any size", () => {
    const { test } = drawDigits({ train: 1, test: 100 });
    const area = test.width * test.height;
    for (let i = 0; i < test.count; i++) {
      const light = createPicture(test.width, test.height, 1, test.pixels.slice(i * area, (i + 1) * area));
      const dark = createPicture(
        test.width,
        test.height,
        1,
        light.pixels.map((value) => 255 - value),
      );
      expect(warnings(light)).toEqual([]);
      expect(warnings(dark)).toEqual([]);
      expect(warnings(enlargePixels(dark, 8))).toEqual([]);
    }
  });

  it("says nothing of a digit in blue ink on warm paper", () => {
    const pixels = new Uint8Array(30 * 30 * 3);
    for (let i = 0; i < 900; i++) pixels.set(i % 30 > 13 && i % 30 < 16 ? [30, 40, 150] : [240, 225, 200], 3 * i);
    expect(warnings(createPicture(30, 30, 3, pixels))).toEqual([]);
  });

  it("warns of a photo in colour, with its size and how much of it is in colour", () => {
    expect(warnings(photo(3))).toEqual([
      expect.stringMatching(/^this looks like a photo \(60x40, \d+ % of it in colour\), and the embedded model knows/),
    ]);
  });

  it("warns of a grey photo, which has no even ground", () => {
    expect(warnings(photo(1))).toEqual([expect.stringContaining("this looks like a photo (60x40, no even ground)")]);
  });

  it("says nothing of arrays, which are the model's own input", () => {
    expect(warnings(photo(3), true)).toEqual([]);
  });
});
