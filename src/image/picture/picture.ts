/** @file A decoded picture: sRGB or grey samples of 8 bits, interleaved; finer ones where the file has them, and opacity where it is asked for. */

import { FoveaError } from "../../foundation/error.js";

/** An 8-bit sRGB picture, grey or colour. Rows run top to bottom, channels are interleaved: the sample of channel `c` at (x, y) is `pixels[(y * width + x) * channels + c]`. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** 3: red, green, blue in sRGB. 1: grey. */
  readonly channels: 1 | 3;
  readonly pixels: Uint8Array;
  /** The same samples as fractions of 0..255, where the file has more than 8 bits: networks see these. */
  readonly deep?: Float32Array;
  /** Red, green, blue and opacity before these were laid over white, interleaved; only of a picture decoded with its opacity. */
  readonly rgba?: Uint8Array;
  /** What was done to the file's samples that its owner should know of, in words. Default nothing. */
  readonly notes?: readonly string[];
}

/**
 * A picture over the given samples, which are shared, not copied.
 * @throws FoveaError `shape-mismatch` when the sizes are no positive integers or do not fit the number of samples
 */
export function createPicture(width: number, height: number, channels: 1 | 3, pixels: Uint8Array): Picture {
  checkSize("picture", width, height);
  const expected = width * height * channels;
  if (pixels.length !== expected) {
    throw new FoveaError(
      "shape-mismatch",
      `picture ${width}x${height}x${channels}: pixels: expected ${expected} samples, got ${pixels.length}`,
    );
  }
  return { width, height, channels, pixels };
}

/** Refuses sizes that are no positive integers; `where` begins the message. */
export function checkSize(where: string, width: number, height: number): void {
  if (Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0) return;
  throw new FoveaError("shape-mismatch", `${where}: size: expected positive integers, got ${width}x${height}`);
}

/** The picture with three channels; a picture that has them is returned as it is. */
export function toRgb(picture: Picture): Picture {
  if (picture.channels === 3) return picture;
  const thrice = <Samples extends Uint8Array | Float32Array>(from: Samples, to: Samples) => {
    for (let i = 0; i < to.length; i++) to[i] = from[Math.floor(i / 3)] ?? 0;
    return to;
  };
  const { pixels, deep } = picture;
  return {
    ...picture,
    channels: 3,
    pixels: thrice(pixels, new Uint8Array(pixels.length * 3)),
    ...(deep ? { deep: thrice(deep, new Float32Array(deep.length * 3)) } : {}),
  };
}

/**
 * The picture in grey: luma of ITU-R BT.601 on the sRGB samples, rounded, in the fixed-point weights that Pillow uses, so that
 * a network trained on Pillow's `convert("L")` sees the same bytes. A grey picture is returned as it is.
 */
export function toGrey(picture: Picture): Picture {
  if (picture.channels === 1) return picture;
  const { pixels } = picture;
  const grey = new Uint8Array(pixels.length / 3);
  for (let i = 0, at = 0; i < grey.length; i++, at += 3) {
    grey[i] =
      (19595 * (pixels[at] as number) +
        38470 * (pixels[at + 1] as number) +
        7471 * (pixels[at + 2] as number) +
        32768) >>
      16;
  }
  return { ...picture, channels: 1, pixels: grey, ...(picture.deep ? { deep: deepGrey(picture.deep) } : {}) };
}

/** The same luma, without rounding. */
function deepGrey(deep: Float32Array): Float32Array {
  const grey = new Float32Array(deep.length / 3);
  for (let i = 0, at = 0; i < grey.length; i++, at += 3) {
    const [r, g, b] = [deep[at] as number, deep[at + 1] as number, deep[at + 2] as number];
    grey[i] = (19595 * r + 38470 * g + 7471 * b) / 65536;
  }
  return grey;
}

/** A picture from RGBA samples, such as a canvas gives, laid over white by their alpha. */
export function pictureFromRgba(width: number, height: number, rgba: Uint8Array | Uint8ClampedArray): Picture {
  checkSize("picture", width, height);
  if (rgba.length !== width * height * 4) {
    throw new FoveaError(
      "shape-mismatch",
      `picture ${width}x${height}: RGBA: expected ${width * height * 4} samples, got ${rgba.length}`,
    );
  }
  const pixels = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    const alpha = rgba[from + 3] as number;
    for (let c = 0; c < 3; c++) pixels[to + c] = Math.round(((rgba[from + c] as number) * alpha) / 255 + 255 - alpha);
  }
  return { width, height, channels: 3, pixels };
}

/** The picture's samples as opaque RGBA, as a canvas takes them. */
export function toRgba(picture: Picture): Uint8ClampedArray<ArrayBuffer> {
  const { pixels, channels } = picture;
  const rgba = new Uint8ClampedArray(picture.width * picture.height * 4).fill(255);
  for (let from = 0, to = 0; from < pixels.length; from += channels, to += 4) {
    for (let c = 0; c < 3; c++) rgba[to + c] = pixels[channels === 3 ? from + c : from] as number;
  }
  return rgba;
}
