/** @file The shape of the object in a box. */

import { type FloatMap, floatMap } from "../../../image/map/heatmap.js";
import { type Box, placeMap } from "../../../image/picture/resize.js";
import { floats, type Tensor } from "../../../onnx/tensor.js";
import type { InputSize } from "./layout.js";

/** From this probability on a place belongs to the object. */
export const leastInside = 0.5;

/** The shape of an object, in cells as coarse as the file gives it. */
export interface ObjectMask {
  /** How likely each cell belongs to the object, 0 to 1. */
  readonly map: FloatMap;
  /** The part of the network's input that these cells cover, in its pixels. */
  readonly place: Box;
}

/** A box, in pixels of the network's input. */
interface Sides {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/**
 * One of many masks.
 * @param masks float32 [K, h, w], 0 to 1
 * @param input what the masks cover, of which the cells that begin in the box count, as in Ultralytics' and YOLACT's crop; undefined where
 *   a mask covers its box
 */
export function objectMask(masks: Tensor, i: number, box: Sides, input: InputSize | undefined): ObjectMask {
  const [, height = 0, width = 0] = masks.dims;
  const { left, top, right, bottom } = box;
  const values = floats(masks).subarray(i * height * width, (i + 1) * height * width);
  if (input === undefined)
    return {
      map: floatMap(width, height, values.slice()),
      place: { x: left, y: top, width: right - left, height: bottom - top },
    };
  const [across, down] = [input.width / width, input.height / height];
  const [first, last] = cellsBetween(left / across, right / across, width);
  const [highest, lowest] = cellsBetween(top / down, bottom / down, height);
  const part = new Float32Array((last - first) * (lowest - highest));
  for (let row = highest; row < lowest; row++)
    part.set(values.subarray(row * width + first, row * width + last), (row - highest) * (last - first));
  return {
    map: floatMap(last - first, lowest - highest, part),
    place: {
      x: first * across,
      y: highest * down,
      width: (last - first) * across,
      height: (lowest - highest) * down,
    },
  };
}

/** The cells [first, last) that begin between two sides; one at least. */
function cellsBetween(from: number, to: number, count: number): [number, number] {
  const first = Math.min(count - 1, Math.max(0, Math.ceil(from)));
  return [first, Math.min(count, Math.max(first + 1, Math.ceil(to)))];
}

/** The pixels of a picture that belong to an object. */
export interface MaskedPixels {
  /** Where the rectangle of `inside` begins, and its sides, in whole pixels. */
  readonly frame: Box;
  /** 1 for each pixel of the frame that belongs to the object, row by row. */
  readonly inside: Uint8Array;
}

/**
 * The pixels that a mask covers: its map between the pixels bilinearly, from a probability of 1/2 on.
 * @param place of the mask's map, in the picture's pixels
 */
export function maskedPixels(map: FloatMap, place: Box, picture: InputSize): MaskedPixels {
  const [left, top] = [Math.max(0, Math.floor(place.x)), Math.max(0, Math.floor(place.y))];
  const right = Math.min(picture.width, Math.ceil(place.x + place.width));
  const bottom = Math.min(picture.height, Math.ceil(place.y + place.height));
  const frame = { x: left, y: top, width: right - left, height: bottom - top };
  if (frame.width <= 0 || frame.height <= 0)
    return { frame: { x: 0, y: 0, width: 0, height: 0 }, inside: new Uint8Array() };
  const { values } = placeMap(map, { ...place, x: place.x - left, y: place.y - top }, frame.width, frame.height);
  return { frame, inside: Uint8Array.from(values, (value) => (value >= leastInside ? 1 : 0)) };
}

/** The share of the picture that is inside, 0 to 1. */
export function areaShare({ inside }: MaskedPixels, picture: InputSize): number {
  return inside.reduce((sum, value) => sum + value, 0) / (picture.width * picture.height);
}

/** Run lengths as in COCO: how many pixels are outside, then inside, and so on, column by column, each from top to bottom. */
export function runLengths({ frame, inside }: MaskedPixels, picture: InputSize): number[] {
  const counts: number[] = [];
  let [value, length] = [0, 0];
  const add = (next: number, times: number) => {
    if (next === value) length += times;
    else if (times > 0) {
      counts.push(length);
      [value, length] = [next, times];
    }
  };
  add(0, frame.x * picture.height);
  for (let x = 0; x < frame.width; x++) {
    add(0, frame.y);
    for (let y = 0; y < frame.height; y++) add(inside[y * frame.width + x] ?? 0, 1);
    add(0, picture.height - frame.y - frame.height);
  }
  add(0, (picture.width - frame.x - frame.width) * picture.height);
  return [...counts, length];
}
