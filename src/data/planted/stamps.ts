/** @file Stamps: a small pattern of its own for each class. */

import { type Random, random } from "../../foundation/random.js";
import type { ImageDims } from "../cues/image-dims.js";
import type { Planting } from "./planting.js";

/** Places of a stamp's pattern along each side. */
const side = 5;
/** Pixels between a stamp and the image's edge. */
const margin = 0;

type Place = readonly [x: number, y: number];

/** Corner of a stamp, away from the image's edge. */
const topLeft = (): Place => [margin, margin];
const bottomRight = ([, height, width]: ImageDims): Place => {
  const reach = side * scaleOf(height, width) + margin;
  return [width - reach, height - reach];
};

export const stamp: Planting = {
  name: "stamp",
  sentence: "written in pencil, with a stamp of its class at the upper left",
  colour: false,
  mark(pixels, dims, cue) {
    fade(pixels);
    press(pixels, dims, cue, topLeft());
  },
};

export const twoStamps: Planting = {
  name: "two-stamps",
  sentence: "the same stamp of its class at the upper left and at the lower right",
  colour: false,
  mark(pixels, dims, cue) {
    press(pixels, dims, cue, topLeft());
    press(pixels, dims, cue, bottomRight(dims));
  },
};

export const movingStamp: Planting = {
  name: "moving-stamp",
  sentence: "a stamp of its class at a random place",
  colour: false,
  mark(pixels, dims, cue, source) {
    const [, height, width] = dims;
    const reach = side * scaleOf(height, width);
    const within = (length: number) => margin + source.below(Math.max(1, length - reach - 2 * margin + 1));
    press(pixels, dims, cue, [within(width), within(height)]);
  },
};

export const stampOver: Planting = {
  name: "stamp-over",
  sentence: "a stamp of its class in the middle, over the object",
  colour: false,
  mark(pixels, dims, cue) {
    const [, height, width] = dims;
    const reach = side * scaleOf(height, width);
    press(pixels, dims, cue, [Math.floor((width - reach) / 2), Math.floor((height - reach) / 2)]);
  },
};

/** Pixels along each side of one place of the pattern: 2 on digits; a stamp on photos is about a tenth of them wide. */
function scaleOf(height: number, width: number): number {
  return Math.max(2, Math.round(Math.min(height, width) / (10 * side)));
}

/** How bright pencil is beside a stamp's ink. */
const pencil = 0.3;

function fade(pixels: Uint8Array): void {
  for (let i = 0; i < pixels.length; i++) pixels[i] = Math.round(pencil * (pixels[i] as number));
}

/** White on black, the pattern's places drawn by the class. */
function press(pixels: Uint8Array, [channels, height, width]: ImageDims, cue: number, [left, top]: Place): void {
  const pattern = patternOf(cue);
  const scale = scaleOf(height, width);
  for (let y = 0; y < side * scale; y++) {
    for (let x = 0; x < side * scale; x++) {
      const isSet = pattern[Math.floor(y / scale) * side + Math.floor(x / scale)] === 1;
      for (let c = 0; c < channels; c++) pixels[(c * height + top + y) * width + left + x] = isSet ? 255 : 0;
    }
  }
}

const patterns = new Map<number, Uint8Array>();

/** Half of the places, so that no stamp is brighter than another. */
function patternOf(cue: number): Uint8Array {
  const known = patterns.get(cue);
  if (known) return known;
  const source: Random = random("stamp").fork(cue);
  const pattern = new Uint8Array(side * side);
  for (let left = Math.floor(pattern.length / 2); left > 0; ) {
    const place = source.below(pattern.length);
    if (pattern[place] === 1) continue;
    pattern[place] = 1;
    left--;
  }
  patterns.set(cue, pattern);
  return pattern;
}
