/** @file Warns where the embedded digit model meets a picture that is no digit: its answer would mean nothing. */

import { percent } from "../../foundation/words.js";
import { type Picture, toGrey } from "../../image/picture/picture.js";
import type { ImageInput } from "../inputs/read-input.js";

/** A pixel is in colour where its channels lie further apart than those of the ground, which may be paper in warm light. */
const leastChroma = 25;
/** More of a picture than coloured ink takes. */
const mostColoured = 0.2;

/** Grey values that count as the ground lie so near to its own. */
const groundWidth = 20;
/** Digits of MNIST leave 62 % of their pictures or more to the ground. */
const leastGround = 0.55;

/** The input with a warning where its picture is a photo. */
export function withDigitWarning(image: ImageInput): ImageInput {
  if (image.isArray) return image;
  const signs = image.pictures.flatMap((picture) => photoSign(picture) ?? []);
  const advice = "name a model of your own: fovea explain model.onnx photo.jpg";
  const warnings = signs.map(
    (sign) => `${sign}, and the embedded model knows nothing but handwritten digits: ${advice}`,
  );
  return { ...image, warnings };
}

/** What tells a photo from a digit on an even ground; undefined for what may be a digit. */
function photoSign(picture: Picture): string | undefined {
  const size = `${picture.width}x${picture.height}`;
  const coloured = colouredShare(picture);
  if (coloured > mostColoured) return `this looks like a photo (${size}, ${percent(coloured, 0)} of it in colour)`;
  return groundShare(picture) < leastGround ? `this looks like a photo (${size}, no even ground)` : undefined;
}

function colouredShare(picture: Picture): number {
  const { pixels, channels, width, height } = picture;
  if (channels === 1) return 0;
  const [red, green, blue] = [edgeMedian(picture, 0), edgeMedian(picture, 1), edgeMedian(picture, 2)];
  let coloured = 0;
  for (let at = 0; at < pixels.length; at += 3) {
    const [r, g, b] = [(pixels[at] ?? 0) - red, (pixels[at + 1] ?? 0) - green, (pixels[at + 2] ?? 0) - blue];
    if (Math.max(r, g, b) - Math.min(r, g, b) > leastChroma) coloured++;
  }
  return coloured / (width * height);
}

/** The share of pixels that are about as bright as the picture's edges. */
function groundShare(picture: Picture): number {
  const grey = toGrey(picture);
  const ground = edgeMedian(grey, 0);
  let count = 0;
  for (const value of grey.pixels) if (Math.abs(value - ground) <= groundWidth) count++;
  return count / grey.pixels.length;
}

/** The median of a channel along the picture's four edges. */
function edgeMedian({ pixels, channels, width, height }: Picture, channel: number): number {
  const at = (x: number, y: number) => pixels[(y * width + x) * channels + channel] ?? 0;
  const rows = Array.from({ length: width }, (_, x) => [at(x, 0), at(x, height - 1)]);
  const columns = Array.from({ length: height }, (_, y) => [at(0, y), at(width - 1, y)]);
  const values = [...rows, ...columns].flat().sort((a, b) => a - b);
  return values[values.length >> 1] ?? 0;
}
