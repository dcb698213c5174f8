/** @file Pictures of 16 bits and of floating samples: networks see every step of them. */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { preparePicture } from "../../src/image/input/input.js";
import { openPreprocessor } from "../../src/image/input/preprocess.js";
import type { Preprocessing } from "../../src/image/input/preprocessing.js";
import { decodeImage, encodePicture } from "../../src/image/node.js";
import { enlargePixels, resizePicture } from "../../src/image/picture/resize.js";
import { floats } from "../../src/onnx/tensor.js";
import { runtime } from "../support/runtime.js";

// Made by test/reference/deep_pictures.py.
const folder = fileURLToPath(new URL("../fixtures/cases/deep-pictures/", import.meta.url));
const expected: Readonly<Record<string, readonly number[] | null>> = JSON.parse(
  readFileSync(`${folder}expected.json`, "utf8"),
);
const read = Object.entries(expected).flatMap(([name, means]) => (means ? [{ name, means }] : []));

/** What a network that takes pixels as they are sees of a picture at half its size, and the notes. */
async function seen(path: string, channels: 1 | 3, parts: Partial<Preprocessing> = {}) {
  const picture = await decodeImage(path);
  const perChannel = (value: number) => Array<number>(channels).fill(value);
  const preprocessing = { width: 4, height: 3, channels, scale: 1, mean: perChannel(0), std: perChannel(1), ...parts };
  const preprocessor = await openPreprocessor(preprocessing, runtime);
  const { input, notes } = await preparePicture(picture, preprocessing, preprocessor);
  await preprocessor.close();
  const values = floats(input);
  const means = Array.from(
    { length: preprocessing.channels },
    (_, c) => values.subarray(12 * c, 12 * c + 12).reduce((sum, value) => sum + value, 0) / 12,
  );
  return { means, notes, values };
}

describe("a picture of more than 8 bits", () => {
  it.each(read)("$name keeps its range", async ({ name, means }) => {
    const result = await seen(folder + name, means.length === 1 ? 1 : 3);
    expect(result.means.length).toBe(means.length);
    means.forEach((mean, c) => {
      expect(result.means[c]).toBeCloseTo(mean, 3);
    });
  });

  it("is drawn with 8 bits, also enlarged and made smaller", async () => {
    const picture = await decodeImage(`${folder}grey.png`);
    expect(picture.pixels[0]).toBe(4);
    for (const drawn of [resizePicture(picture, 4, 3), enlargePixels(picture, 2)]) {
      expect(drawn.deep).toBeUndefined();
      expect(drawn.pixels[0]).toBe(4);
    }
  });

  it.each(["rgb.png", "float-rgb.tif", "ramp.png"])(
    "%s is written as PNG of 16 bits, with all its steps",
    async (name) => {
      const { deep = new Float32Array() } = await decodeImage(folder + name);
      const { deep: again } = await decodeImage(await encodePicture(await decodeImage(folder + name), "png"));
      expect(again?.length).toBe(deep.length);
      again?.forEach((value, i) => {
        expect(Math.abs(value - (deep[i] as number))).toBeLessThanOrEqual(0.5 / 257 + 1e-4);
      });
    },
  );

  it("has no more steps than its own where it is turned to grey and to colours", async () => {
    const luma = (0.299 * 1000 + 0.587 * 20001 + 0.114 * 60003) / 257;
    expect((await decodeImage(`${folder}rgb.png`, { grey: true })).deep?.[0]).toBeCloseTo(luma, 1);
    const { means } = await seen(`${folder}grey.png`, 3);
    expect(means.map((mean) => mean.toFixed(3))).toEqual(["3.891", "3.891", "3.891"]);
  });

  it("is inverted with all its steps for a network of light drawings", async () => {
    const { means } = await seen(`${folder}grey-alpha.png`, 1, { ground: "dark" });
    expect(means[0]).toBeCloseTo(255 - (expected["grey-alpha.png"]?.[0] ?? 0), 3);
  });

  it.each([
    ["ramp-of-12-bits.png", /^nearly black: its 16-bit samples end at 4095 of 65535; .* --scale 16 times as large$/],
    ["float.tif", /^floating samples from 0.25 to 0.25, of which 1 is taken for white$/],
    ["float-to-255.tif", /^floating samples from 0 to 200, of which 255 is taken for white$/],
  ])("%s says what a network sees of it", async (name, sentence) => {
    expect((await seen(folder + name, 1)).notes[0]).toMatch(sentence);
  });

  it("of which all steps are used is read without a word about it", async () => {
    expect((await seen(`${folder}ramp.png`, 1)).notes).toEqual(["resized from 8x6 to 4x3"]);
  });

  it.each([
    ["float-of-hounsfield.tif", /got floating samples from -900 to -900: /],
    ["float-to-4.tif", /got floating samples from 0 to 4: /],
    ["float-nan.tif", /got a floating sample that is NaN: /],
    ["double.tif", /got samples that are no usual ones: /],
    ["uint32.tif", /got whole numbers of 32 bits: /],
    ["int16.tif", /got signed whole numbers of 16 bits: /],
  ])("%s, whose range nobody knows, is refused in one sentence", async (name, sentence) => {
    expect(expected[name]).toBeNull();
    await expect(decodeImage(folder + name)).rejects.toThrow(sentence);
    await expect(decodeImage(folder + name)).rejects.toThrow(/^[^\n]*image: expected samples of 8 or 16 bits[^\n]*$/);
  });
});
