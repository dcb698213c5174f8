/** @file Drawn digits: a dataset like MNIST that needs no download, written by a seeded hand. */

import { FoveaError } from "../../foundation/error.js";
import { at } from "../../foundation/present.js";
import { permutation, type Random, random } from "../../foundation/random.js";
import { count } from "../../foundation/words.js";
import { type Dataset, drawnDataset, type LabelledImages } from "../dataset.js";
import { Canvas } from "./canvas.js";
import { digitShapes } from "./digit-shapes.js";
import { pickShape, write } from "./handwriting.js";

export interface DrawDigitsOptions {
  /** Which hand writes: the same seed gives the same bytes. Default 1. */
  seed?: number | string;
  /** Number of training images. Default 12000. */
  train?: number;
  /** Number of test images; they don't depend on `train`. Default 2000. */
  test?: number;
}

const side = 28;

/** White digits on black, 28 by 28, each class equally often; the first n images don't depend on how many follow. */
export function drawDigits({ seed = 1, train = 12000, test = 2000 }: DrawDigitsOptions = {}): Dataset {
  checkCount("training", train);
  checkCount("test", test);
  const source = random(seed);
  return drawnDataset(
    {
      name: "digits",
      source: `digits drawn by fovea (seed ${seed}), ${count(train)} training and ${count(test)} test images`,
      classes: digitShapes.map((_, digit) => String(digit)),
    },
    () => drawImages(train, source.fork("train")),
    () => drawImages(test, source.fork("test")),
  );
}

function drawImages(count: number, source: Random): LabelledImages {
  const pixels = new Uint8Array(count * side * side);
  const labels = new Uint8Array(count);
  const canvas = new Canvas(side);
  const classes = digitShapes.length;
  for (let start = 0; start < count; start += classes) {
    const order = permutation(classes, source);
    for (const [k, digit] of order.subarray(0, count - start).entries()) {
      const i = start + k;
      labels[i] = digit;
      drawDigit(digit, source, canvas, pixels.subarray(i * side * side, (i + 1) * side * side));
    }
  }
  return { pixels, labels, count, channels: 1, height: side, width: side };
}

function drawDigit(digit: number, source: Random, canvas: Canvas, into: Uint8Array): void {
  const trace = write(pickShape(at(digitShapes, digit), source), side, source);
  canvas.draw(trace, 0.45 + 0.35 * source.uniform());
  if (source.uniform() < 0.06) addSpecks(canvas, source);
  canvas.blur(0.2 * source.uniform());
  const brightness = 235 + 85 * source.uniform();
  const dusty = source.uniform() < 0.1;
  canvas.develop(into, brightness, 14 * source.uniform(), dusty ? 10 * source.uniform() : 0, source);
}

/** A few stray marks, too small to be read as part of the digit. */
function addSpecks(canvas: Canvas, source: Random): void {
  for (let left = 1 + source.below(3); left > 0; left--) {
    const [x, y] = [side * source.uniform(), side * source.uniform()];
    canvas.dot(x, y, 0.2 + 0.5 * source.uniform(), 0.25 + 0.6 * source.uniform());
  }
}

function checkCount(part: string, count: number): void {
  if (Number.isSafeInteger(count) && count >= 0) return;
  throw new FoveaError(
    "bad-input",
    `digits: number of ${part} images: expected a whole number, 0 or more, got ${count}`,
  );
}
