/** @file What the examples explain: drawn digits as pictures, and a small network that sees the middle of a picture. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { drawDigits } from "../../src/data/digits/digits.js";
import { drawShapes } from "../../src/data/shapes.js";
import { encodePng } from "../../src/image/node.js";
import { twoConvolutions } from "../support/models/two-convolutions.js";

const [width, height] = [56, 42];

/** Writes digits as PNG files of 56 x 42 pixels into a folder; their paths. */
export async function drawPhotos(folder: string, count: number): Promise<string[]> {
  const { pixels } = drawDigits({ seed: 3, train: 0, test: count }).test;
  const files = Array.from({ length: count }, (_, i) => join(folder, `digit-${i}.png`));
  for (const [i, file] of files.entries()) {
    const wide = new Uint8Array(width * height).fill(30);
    for (let place = 0; place < 784; place++)
      wide[(7 + Math.floor(place / 28)) * width + 14 + (place % 28)] = pixels[i * 784 + place] ?? 0;
    writeFileSync(file, await encodePng({ width, height, channels: 1, pixels: wide }));
  }
  return files;
}

/** Writes a classifier of four classes into a folder, with settings by which it sees the middle of a picture; its path. */
export function writeSubject(folder: string): string {
  const file = join(folder, "model.onnx");
  const classes = ["ash", "birch", "cedar", "date"];
  writeFileSync(file, twoConvolutions({ classes, last: "last", isDescribed: false }));
  const preprocessing = { width: 16, height: 16, scale: 1 / 255, fit: "crop", cropFraction: 0.75 };
  writeFileSync(join(folder, "fovea.json"), JSON.stringify({ preprocessing }));
  return file;
}

/** Writes a drawn square among distractors as a PNG file. */
export async function drawShape(file: string): Promise<void> {
  const { pixels, labels, width, height } = drawShapes({ seed: 7, train: 0, test: 8 }).test;
  const place = labels.indexOf(1);
  const one = pixels.slice(place * width * height, (place + 1) * width * height);
  writeFileSync(file, await encodePng({ width, height, channels: 1, pixels: one }));
}
