/** @file A model's input as a picture again. */

import { describe, expect, it } from "vitest";
import { random } from "../../../src/foundation/random.js";
import { pictureOfInput, preparePicture } from "../../../src/image/input/input.js";
import { openPreprocessor } from "../../../src/image/input/preprocess.js";
import type { Preprocessing } from "../../../src/image/input/preprocessing.js";
import type { Picture } from "../../../src/image/picture/picture.js";
import { runtime } from "../../support/runtime.js";

const size = { width: 5, height: 4 };
const rgb = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225], scale: 1 / 255 };

describe("pictureOfInput", () => {
  it.each<[string, Preprocessing & { readonly channels: 1 | 3 }]>([
    ["RGB in planes", { ...size, channels: 3, ...rgb }],
    ["BGR as Caffe", { ...size, channels: 3, scale: 1, mean: [104, 117, 123], std: [1, 1, 1], order: "bgr" }],
    ["channels last", { ...size, channels: 3, ...rgb, layout: "nhwc" }],
    ["grey", { ...size, channels: 1, scale: 1 / 255, mean: [0.13], std: [0.31] }],
  ])("gives back what was prepared: %s", async (_, preprocessing) => {
    const { channels } = preprocessing;
    const source = random("input");
    const pixels = Uint8Array.from({ length: 20 * channels }, () => 256 * source.uniform());
    const picture: Picture = { ...size, channels, pixels };
    const { input } = await preparePicture(picture, preprocessing, await openPreprocessor(preprocessing, runtime));
    expect(pictureOfInput(input, preprocessing)).toEqual(picture);
  });
});

describe("a picture of one row", () => {
  const grey: Preprocessing = { width: 224, height: 224, channels: 1, scale: 1 / 255, mean: [0.13], std: [0.31] };
  const row: Picture = { width: 60_000, height: 1, channels: 1, pixels: new Uint8Array(60_000) };

  it("is refused where covering the input would make it vast, and stretched where it need not cover it", async () => {
    const prepared = async (fit: "crop" | "stretch") => {
      const preprocessing: Preprocessing = { ...grey, fit };
      return preparePicture(row, preprocessing, await openPreprocessor(preprocessing, runtime));
    };
    await expect(prepared("crop")).rejects.toThrow("image: expected one nearer to a square, got 60000x1");
    expect((await prepared("stretch")).input.dims).toEqual([1, 1, 224, 224]);
  });
});
