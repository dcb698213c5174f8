/** @file The usual recipes by name. */

import { describe, expect, it } from "vitest";
import type { Preprocessing } from "../../../src/image/input/preprocessing.js";
import {
  type PresetParts,
  presetNamed,
  presetOf,
  presets,
  presetsFor,
  withPreset,
} from "../../../src/model/preprocessing/presets.js";

/** As files have it, with a number for each channel. */
function like({ mean = [0], std = [1], ...parts }: Partial<PresetParts>, channels: 1 | 3 = 3): Preprocessing {
  const each = (values: readonly number[]) =>
    Array.from({ length: channels }, (_, c) => values[c] ?? (values[0] as number));
  return { width: 8, height: 8, channels, scale: 1, ...parts, mean: each(mean), std: each(std) };
}

describe("presets", () => {
  it.each(presets)("$name is found in what it makes", (preset) => {
    const { channels = 3 } = preset;
    expect(presetOf(like(preset.parts, channels))).toBe(preset);
    expect(presetOf(withPreset(like({ scale: 7, ground: "dark" }, channels), preset))).toBe(preset);
  });

  it("are none where a number or the order is another", () => {
    const [imagenet] = presets;
    expect(presetOf(like({ ...imagenet?.parts, scale: 2 / 255 }))).toBeUndefined();
    expect(presetOf(like({ ...imagenet?.parts, order: "bgr" }))).toBeUndefined();
  });

  it("are Caffe's for Keras' numbers too, which differ by one step", () => {
    expect(presetOf(like({ mean: [103.939, 116.779, 123.68], order: "bgr" }))?.name).toBe("caffe");
  });

  it("fit a grey network only where they name one mean", () => {
    const grey = ["unit", "signed", "bytes", "mnist"];
    const names = presetsFor({ channels: 1 }).map(({ name }) => name);
    expect(names).toEqual([...grey, ...grey.map((name) => `${name}-dark`)]);
    expect(presetsFor({ channels: 3 }).map(({ name }) => name)).toEqual(
      expect.arrayContaining(["imagenet", "unit", "signed", "bytes", "caffe", "clip"]),
    );
  });

  it("have one meaning for each name, and refuse others with the list", () => {
    const names = presets.flatMap(({ name, aliases }) => [name, ...aliases]);
    expect(new Set(names).size).toBe(names.length);
    expect(presetNamed("TF").name).toBe("signed");
    expect(presetNamed("raw").name).toBe("bytes");
    expect(() => presetNamed("cafe", "--preprocess")).toThrow(
      /^--preprocess: expected one of imagenet, .*, got "cafe"$/,
    );
  });
});
