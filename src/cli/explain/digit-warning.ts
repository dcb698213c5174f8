/** @file Warns where the embedded digit model meets a picture that is no digit: its answer would mean nothing. */

import { percent } from "../../foundation/words.js";
import { type Picture, toGrey } from "../../image/picture/picture.js";
import type { ImageInput } from "../inputs/read-input.js";

/** A pixel is in colour where its channels lie further apart than those of coloured ink's edges or warm light on paper. */
const leastChroma = 60;
const mostColoured = 0.1;

/** Grey values that count as the ground lie so near to that of the edges. */
const groundWidth = 40;
const leastGround = 0.5;

/** The input with a warning where its picture is a photo. */
export function withDigitWarning(image: ImageInput): ImageInput {
  if (image.isArray) return image;
  const warnings = image.pictures.flatMap((picture) => photoSigns(picture) ?? []);
  const advice = "name a model of your own: fovea explain model.onnx photo.jpg";
  return {
    ...image,
    warnings: warnings.map((sign) => `${sign}, and the embedded model knows nothing but handwritten digits: ${advice}`),
  };
}

/** What tells a photo from a digit on an even ground; undefined for what may be a digit. */
function photoSigns(picture: Picture): string | undefined {
  const size = `${picture.width}x${picture.height}`;
  const coloured = colouredShare(picture);
  if (coloured > mostColoured) return `this looks like a photo (${size}, ${percent(coloured, 0)} of it in colour)`;
  const ground = groundShare(picture);
  if (ground < leastGround) return `this looks like a photo (${size}, no even ground)`;
  return undefined;
}

function colouredShare({ pixels, channels, width, height }: Picture): number {
  if (channels === 1) return 0;
  let coloured = 0;
  for (let at = 0; at < pixels.length; at += 3) {
    const [red = 0, green = 0, blue = 0] = [pixels[at], pixels[at + 1], pixels[at + 2]];
    if (Math.max(red, green, blue) - Math.min(red, green, blue) > leastChroma) coloured++;
  }
  return coloured / (width * height);
}

/** The share of pixels that are about as bright as the picture's edges. */
function groundShare(picture: Picture): number {
  const { pixels, width, height } = toGrey(picture);
  const edge = [...pixels.subarray(0, width), ...pixels.subarray(width * (height - 1))];
  for (let y = 0; y < height; y++) edge.push(pixels[y * width] ?? 0, pixels[(y + 1) * width - 1] ?? 0);
  const middle = edge.sort((a, b) => a - b)[edge.length >> 1] ?? 0;
  return pixels.reduce((count, value) => count + (Math.abs(value - middle) <= groundWidth ? 1 : 0), 0) / pixels.length;
}
