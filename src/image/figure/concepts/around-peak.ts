/** @file The square part of a picture around the place where a concept is strongest. */

import type { FloatMap } from "../../map/heatmap.js";
import { createPicture, type Picture } from "../../picture/picture.js";
import type { Box } from "../../picture/resize.js";
import type { ConceptPicture } from "./concept-picture.js";

/** The side of the part, as a share of the shorter side of what the network saw. */
const share = 0.6;

/** The part as a picture of its own, of a picture with one map. */
export function aroundPeak(example: ConceptPicture): ConceptPicture {
  const { picture, seen, maps } = example;
  const [first] = maps;
  if (first === undefined) return example;
  const side = Math.max(
    1,
    Math.min(picture.width, picture.height, Math.round(share * Math.min(seen.width, seen.height))),
  );
  const [x, y] = peakOf(first.map);
  const within = (middle: number, length: number) =>
    Math.round(Math.max(0, Math.min(length - side, middle - side / 2)));
  const left = within(seen.x + x * seen.width, picture.width);
  const top = within(seen.y + y * seen.height, picture.height);
  return {
    picture: partOf(picture, { x: left, y: top, width: side, height: side }),
    seen: { ...seen, x: seen.x - left, y: seen.y - top },
    maps,
  };
}

/** The middle of the place with the largest value, as shares of width and height. */
function peakOf({ width, height, values }: FloatMap): readonly [x: number, y: number] {
  const peak = values.reduce((best, value, i) => (value > (values[best] ?? value) ? i : best), 0);
  return [((peak % width) + 0.5) / width, (Math.floor(peak / width) + 0.5) / height];
}

function partOf({ width, channels, pixels }: Picture, box: Box): Picture {
  const part = new Uint8Array(box.width * box.height * channels);
  for (let row = 0; row < box.height; row++) {
    const from = ((box.y + row) * width + box.x) * channels;
    part.set(pixels.subarray(from, from + box.width * channels), row * box.width * channels);
  }
  return createPicture(box.width, box.height, channels, part);
}
