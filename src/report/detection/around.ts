/** @file The part of a picture around a box. */

import { createPicture, type Picture } from "../../image/picture/picture.js";
import type { Box } from "../../image/picture/resize.js";
import type { Ground } from "../collect/draw.js";

/** How much wider than its box the part is. */
const wider = 2;
/** It is at least this share of the picture's shorter side. */
const least = 0.35;

/** A square part with the box in its middle, as far as the picture reaches. */
export function around({ picture, box: seen }: Ground, { x, y, width, height }: Box): Ground {
  const shorter = Math.min(picture.width, picture.height);
  const side = Math.max(1, Math.round(Math.min(shorter, Math.max(wider * Math.max(width, height), least * shorter))));
  const start = (middle: number, most: number) => Math.round(Math.min(most - side, Math.max(0, middle - side / 2)));
  const [left, top] = [start(x + width / 2, picture.width), start(y + height / 2, picture.height)];
  return { picture: partOf(picture, left, top, side), box: { ...seen, x: seen.x - left, y: seen.y - top } };
}

function partOf({ width, channels, pixels }: Picture, left: number, top: number, side: number): Picture {
  const part = new Uint8Array(side * side * channels);
  for (let row = 0; row < side; row++) {
    const from = ((top + row) * width + left) * channels;
    part.set(pixels.subarray(from, from + side * channels), row * side * channels);
  }
  return createPicture(side, side, channels, part);
}
