/** @file Where the evidence for a digit lies: on its strokes, and in and around the loop that they close. */

import { rankCorrelation } from "../../../../src/evaluate/statistics/rank-correlation.js";
import type { Look, Share } from "./api.js";

/** Pixels from this on belong to strokes. */
const ink = 64;
/** Fewer enclosed pixels than this are gaps in a stroke, no loop. */
const smallestLoop = 4;
/** Strokes so near an enclosed pixel are the loop's own. */
const near = 2;

/** A digit, light on dark. */
export interface Digit {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

export interface Regions {
  readonly stroke: Uint8Array;
  /** Undefined where the strokes close none. */
  readonly loop: Uint8Array | undefined;
}

/** Marks of the pixels of each part of a digit. */
export function regionsOf(digit: Digit): Regions {
  const stroke = Uint8Array.from(digit.pixels, (value) => Number(value >= ink));
  const enclosed = enclosedBy(stroke, digit);
  const count = enclosed.reduce((sum, value) => sum + value, 0);
  if (count < smallestLoop) return { stroke, loop: undefined };
  const loop = enclosed.map((value, at) => Number(value === 1 || (stroke[at] === 1 && isNear(enclosed, at, digit))));
  return { stroke, loop };
}

/** Pixels of the ground that no way leads to from the border. */
function enclosedBy(stroke: Uint8Array, { width, height }: Digit): Uint8Array {
  const enclosed = stroke.map((value) => 1 - value);
  const waiting: number[] = [];
  const reach = (x: number, y: number) => {
    const at = y * width + x;
    if (x < 0 || y < 0 || x >= width || y >= height || enclosed[at] === 0) return;
    enclosed[at] = 0;
    waiting.push(at);
  };
  for (let x = 0; x < width; x++) for (const y of [0, height - 1]) reach(x, y);
  for (let y = 0; y < height; y++) for (const x of [0, width - 1]) reach(x, y);
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const [x, y] = [at % width, Math.floor(at / width)];
    for (const [dx, dy] of [
      [1, 0],
      [-1, 0],
      [0, 1],
      [0, -1],
    ] as const)
      reach(x + dx, y + dy);
  }
  return enclosed;
}

function isNear(enclosed: Uint8Array, at: number, { width, height }: Digit): boolean {
  const [x, y] = [at % width, Math.floor(at / width)];
  for (let row = Math.max(0, y - near); row <= Math.min(height - 1, y + near); row++)
    for (let column = Math.max(0, x - near); column <= Math.min(width - 1, x + near); column++)
      if (enclosed[row * width + column] === 1) return true;
  return false;
}

/** How much of a map's evidence lies in a part of the picture, and how much of the picture that is. */
export function shareOf(map: Float32Array, region: Uint8Array): Share {
  let [inside, all, pixels] = [0, 0, 0];
  map.forEach((value, at) => {
    const positive = Math.max(0, value);
    all += positive;
    pixels += region[at] ?? 0;
    if (region[at] === 1) inside += positive;
  });
  return { evidence: all === 0 ? 0 : inside / all, area: pixels / map.length };
}

/** @param map of the digit's own class, at the digit's size */
export function lookOf(digit: Digit, map: Float32Array): Pick<Look, "blank" | "stroke" | "loop"> {
  const { stroke, loop } = regionsOf(digit);
  return {
    blank: map.every((value) => value <= 0),
    stroke: shareOf(map, stroke),
    loop: loop && shareOf(map, loop),
  };
}

/** The mean rank correlation of the maps of the same digits at two moments; undefined where none can be compared. */
export function agreementOf(before: readonly Float32Array[], now: readonly Float32Array[]): number | undefined {
  const known = before.flatMap((map, i) => rankCorrelation(map, now[i] ?? map) ?? []);
  return known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0) / known.length;
}
