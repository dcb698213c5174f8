/** @file The difference hash of a picture: the same bits for the picture stored again, resized or a little changed in colour. */

import type { Sharp } from "sharp";
import { at } from "../../../foundation/present.js";
import { defaultMaxPixels, rasterOf } from "../../../image/node.js";
import type { Picture } from "../../../image/picture/picture.js";
import { bytesOfImage, type FoundImage } from "../../sources/image-of.js";

/** A byte for each row. */
export type DifferenceHash = Uint8Array;

/**
 * The difference hash (N. Krawetz, "Kind of Like That", The Hacker Factor Blog, 2013): the picture in grey at 9x8 pixels, and of each
 * pixel whether its right neighbour is brighter, 64 bits. Undefined for a nearly plain picture, whose bits are noise.
 * @throws an error of the decoder for a file that cannot be read
 */
export async function differenceHash(image: FoundImage): Promise<DifferenceHash | undefined> {
  const { default: sharp } = await import("sharp");
  const bytes = await rasterOf(await bytesOfImage(image), defaultMaxPixels, image.path);
  return hashOfGrey(
    sharp(bytes, { failOn: "truncated", limitInputPixels: defaultMaxPixels })
      .autoOrient()
      .flatten({ background: "#ffffff" }),
  );
}

/** The same of a picture that is decoded. */
export async function differenceHashOf({
  pixels,
  width,
  height,
  channels,
}: Picture): Promise<DifferenceHash | undefined> {
  const { default: sharp } = await import("sharp");
  return hashOfGrey(sharp(pixels, { raw: { width, height, channels }, limitInputPixels: defaultMaxPixels }));
}

/** How many grey values there must be between the darkest and the brightest of the 72 pixels. */
const leastContrast = 8;

async function hashOfGrey(image: Sharp): Promise<DifferenceHash | undefined> {
  const grey = await image
    .toColourspace("b-w")
    // Shrinking while decoding gives JPEG files other bits than the same picture in another format.
    .resize(9, 8, { fit: "fill", fastShrinkOnLoad: false })
    .raw({ depth: "uchar" })
    .toBuffer();
  if (Math.max(...grey) - Math.min(...grey) < leastContrast) return undefined;
  return Uint8Array.from({ length: 8 }, (_, y) => {
    let bits = 0;
    for (let x = 0; x < 8; x++) bits = 2 * bits + Number(at(grey, 9 * y + x + 1) > at(grey, 9 * y + x));
    return bits;
  });
}
