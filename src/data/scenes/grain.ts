/** @file The grain of scenes: noise over what was painted. */

import { at } from "../../foundation/present.js";
import { type Random, random } from "../../foundation/random.js";
import { createPicture, type Picture } from "../../image/picture/picture.js";
import { sceneSide } from "./scene-set.js";

/** Of the picture's samples. Drawing each one's anew would cost more than the scene: each scene reads on from a place of its own. */
export function drawGrain(): Float32Array {
  const { normal } = random("grain of scenes");
  return Float32Array.from({ length: 24593 }, () => 5 * normal());
}

/** What was painted, [side, side, 3], as a picture. */
export function develop(painted: Float32Array, grain: Float32Array, source: Random): Picture {
  const pixels = new Uint8Array(painted.length);
  const start = source.below(grain.length);
  for (let i = 0; i < pixels.length; i++)
    pixels[i] = Math.min(Math.max(at(painted, i) + at(grain, (start + i) % grain.length), 0), 255);
  return createPicture(sceneSide, sceneSide, 3, pixels);
}
