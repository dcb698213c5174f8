/** @file Preprocessing as transformers' and timm's own processors do it: sizes, and pixels of two pictures, for many settings. */

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { preparePicture } from "../../../src/image/input/input.js";
import { openPreprocessor } from "../../../src/image/input/preprocess.js";
import { createPicture, type Picture } from "../../../src/image/picture/picture.js";
import { openModel } from "../../../src/model/open.js";
import { preprocessingOf } from "../../../src/model/preprocessing.js";
import { readSettings } from "../../../src/model/settings/read-settings.js";
import { Builder } from "../../../src/onnx/builder.js";
import { floats } from "../../../src/onnx/tensor.js";
import { runtime } from "../../support/runtime.js";

interface Facts {
  readonly size: readonly [number, number];
  readonly mean: readonly number[];
  readonly samples: readonly number[];
}

interface Golden {
  readonly name: string;
  readonly files: Readonly<Record<string, unknown>>;
  readonly expected: Readonly<Record<"wide" | "tall", Facts>>;
}

// Made by test/reference/preprocessing.py.
const path = new URL("../../fixtures/cases/preprocessing/goldens.json", import.meta.url);
const goldens: readonly Golden[] = JSON.parse(readFileSync(path, "utf8"));

/** The triangle waves that the script draws. */
function waves(width: number, height: number): Picture {
  const wave = (t: number) => Math.abs((t % 510) - 255);
  const pixels = Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    return [wave(2 * x + y), wave(x + 3 * y), wave(5 * x + 2 * y)];
  });
  return createPicture(width, height, 3, Uint8Array.from(pixels.flat()));
}

const pictures = { wide: waves(300, 200), tall: waves(90, 160) };

/** A network for colour pictures of any size, with settings beside it. */
async function modelBeside(files: Golden["files"]) {
  const op = new Builder();
  const x = op.input("x", "float32", ["N", 3, "H", "W"]);
  op.output(op.Flatten(op.GlobalAveragePool(x)), "y");
  const texts = Object.entries(files).map(([name, json]) => [name, { text: JSON.stringify(json) }] as const);
  return openModel(op.graph, runtime, "model", { beside: readSettings(new Map(texts)) });
}

/**
 * How far values may be off, in steps of 255. Pillow rounds to whole steps after each axis, Fovea does not. Where an odd number of pixels stands
 * over, timm cuts the middle up to a pixel further on, and Perceiver cuts before it resizes, in whole pixels: a step to the next pixel
 * of these pictures is at most 6.
 */
const tolerances = (name: string) =>
  /^(timm|perceiver)/.test(name) ? { mean: 0.7, sample: 6 } : { mean: 0.55, sample: 1.6 };

describe("settings of transformers and timm", () => {
  it.each(goldens)(
    "$name: pictures become what its own processor makes of them",
    async ({ name: caseName, files, expected }) => {
      const tolerance = tolerances(caseName);
      const { preprocessing } = preprocessingOf(await modelBeside(files));
      const preprocessor = await openPreprocessor(preprocessing, runtime);
      for (const name of ["wide", "tall"] as const) {
        const { size, mean, samples } = expected[name];
        expect([preprocessing.height, preprocessing.width], name).toEqual(size);
        const { input } = await preparePicture(pictures[name], preprocessing, preprocessor);
        const [values, [height, width]] = [floats(input), size];
        const area = height * width;
        /** What one step of 255 makes of a channel. */
        const step = preprocessing.std.map((std) => Math.abs(preprocessing.scale / std));
        const means = mean.map((_, c) => values.subarray(c * area, (c + 1) * area).reduce((a, b) => a + b, 0) / area);
        means.forEach((value, c) => {
          expect
            .soft(Math.abs(value - (mean[c] as number)) / (step[c] as number), `${name}: mean ${c}`)
            .toBeLessThan(tolerance.mean);
        });
        const places = [1, 4, 6].map(
          (part) => [Math.floor((height * part) / 8), Math.floor((width * part) / 8)] as const,
        );
        samples.forEach((sample, i) => {
          const [c, row, column] = [
            Math.floor(i / 9),
            places[Math.floor(i / 3) % 3]?.[0] ?? 0,
            places[i % 3]?.[1] ?? 0,
          ];
          const value = values[c * area + row * width + column] as number;
          expect
            .soft(Math.abs(value - sample) / (step[c] as number), `${name}: sample ${i}`)
            .toBeLessThan(tolerance.sample);
        });
      }
      await preprocessor.close();
    },
  );
});
