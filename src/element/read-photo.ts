/** @file Photos for compiled models: their pixels, read a strip at a time, so that the page goes on between two. */

import { FoveaError } from "../foundation/error.js";
import { type Picture, pictureFromRgba } from "../image/picture/picture.js";
import { decodeBitmap } from "../image/web.js";

/** Pixels that are read at once, in a few milliseconds. */
const pixelsAtOnce = 2 ** 17;

/**
 * As `decodeImage`.
 * @throws FoveaError `bad-file`, `bad-input` for an image that is too large
 */
export async function readPhoto(file: Blob, name: string): Promise<Picture> {
  const bitmap = await decodeBitmap(file, { name });
  const { width, height } = bitmap;
  const rows = Math.min(height, Math.max(1, Math.floor(pixelsAtOnce / width)));
  const pen = new OffscreenCanvas(width, rows).getContext("2d", { willReadFrequently: true });
  if (pen === null) throw new FoveaError("bad-input", `${name}: image: no memory for ${width}x${height} pixels`);
  const pixels = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y += rows) {
    const count = Math.min(rows, height - y);
    pen.clearRect(0, 0, width, count);
    pen.drawImage(bitmap, 0, y, width, count, 0, 0, width, count);
    pixels.set(pictureFromRgba(width, count, pen.getImageData(0, 0, width, count).data).pixels, 3 * width * y);
    await new Promise((resolve) => setTimeout(resolve));
  }
  bitmap.close();
  return { width, height, channels: 3, pixels };
}
