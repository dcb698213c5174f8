/** @file Image files read and written by the browser, in a page or a worker, and the platform of figures there. */

import { fetchFile, shortUrl } from "../files/fetch-file.js";
import { refuseSize } from "../files/input/input-kinds.js";
import { FoveaError } from "../foundation/error.js";
import { present } from "../foundation/present.js";
import { type EmbeddedFont, fontRules } from "./figure/embedded-font.js";
import type { FigurePlatform } from "./figure/panel.js";
import { cssFont, svgText, type TextStyle } from "./figure/text.js";
import { dataUrl } from "./picture/data-url.js";
import {
  checkEncoding,
  checkImageSource,
  type DecodeImageOptions,
  type ImageFormat,
  type ImageSource,
} from "./picture/image-file.js";
import { type Picture, pictureFromRgba, toGrey, toRgba } from "./picture/picture.js";

/**
 * Decodes an image in any format that the browser shows to 8-bit sRGB; a note says so where the file has more. Its EXIF rotation is applied, transparency is laid over
 * white, and of an animation the first frame is taken.
 * @throws FoveaError `bad-file`, `bad-input` for an image above `maxPixels`; `not-found`, `network` for an address
 */
export async function decodeImage(source: ImageSource, options: DecodeImageOptions = {}): Promise<Picture> {
  checkImageSource(source);
  const file = await fileOf(source);
  const { grey = false, name = typeof source === "string" ? shortUrl(source) : fileName(file) } = options;
  const bitmap = await decodeBitmap(file, { ...options, name });
  try {
    const rgba = samplesOfBitmap(bitmap, name);
    const notes = (await isDeepPng(file)) ? { notes: [cutNote] } : {};
    const picture = { ...pictureFromRgba(bitmap.width, bitmap.height, rgba), ...notes };
    if (options.opacity) return { ...picture, rgba: new Uint8Array(rgba.buffer) };
    return grey ? toGrey(picture) : picture;
  } finally {
    bitmap.close();
  }
}

const cutNote = "16 bits per sample, of which the browser leaves 8";

/** Whether a file is a PNG file of 16 bits: the depth stands behind the sizes at the head of the header (PNG, 11.2.1). */
async function isDeepPng(file: Blob): Promise<boolean> {
  const head = new Uint8Array(await file.slice(0, 25).arrayBuffer());
  return String.fromCharCode(...head.subarray(1, 4)) === "PNG" && head[24] === 16;
}

async function fileOf(source: ImageSource): Promise<Blob> {
  if (typeof source === "string") return fetchFile(source);
  return source instanceof Blob ? source : new Blob([new Uint8Array(source)]);
}

/**
 * As `decodeImage`, for drawing: the image as the browser holds it.
 * @throws FoveaError as `decodeImage` does
 */
export async function decodeBitmap(file: Blob, options: Omit<DecodeImageOptions, "grey"> = {}): Promise<ImageBitmap> {
  const { name = fileName(file) } = options;
  refuseSize(file.size, "image", `${name}: image`);
  const size = file.size > 0 && file.size <= mostUncheckedBytes ? undefined : await imageSize(file, options);
  try {
    return await createImageBitmap(file, { premultiplyAlpha: "none" });
  } catch (cause) {
    const expected = size
      ? `a whole ${size.type} file, got one that is truncated, damaged, or of a kind this browser cannot show`
      : "a picture that this browser can show (JPEG, PNG, WebP, GIF, AVIF), got a damaged one or something else";
    throw new FoveaError("bad-file", `${name}: image: expected ${expected}`, { cause });
  }
}

/** The samples of a bitmap, RGBA. */
function samplesOfBitmap(bitmap: ImageBitmap, name: string): Uint8ClampedArray {
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (context === null) throw new FoveaError("bad-input", `${name}: image: no memory for ${width}x${height} pixels`);
  context.drawImage(bitmap, 0, 0);
  return context.getImageData(0, 0, width, height).data;
}

function fileName(file: Blob): string {
  return "name" in file && typeof file.name === "string" && file.name !== "" ? file.name : "image";
}

/** Bytes of a file that cannot hold a large image, however well compressed. */
const mostUncheckedBytes = 4096;

/** The size and type of an image file, read from its first bytes. */
export interface ImageHeader {
  /** In pixels, upright: as the image is shown. */
  readonly width: number;
  readonly height: number;
  /** E.g. `JPG`. */
  readonly type: string;
}

/**
 * The size of an image from its first half megabyte, without decoding it; undefined where that says nothing.
 * @throws FoveaError `bad-file` for an empty file, `bad-input` for an image above `maxPixels`
 */
export async function imageSize(
  file: Blob,
  { maxPixels = 64e6, name = fileName(file) }: Omit<DecodeImageOptions, "grey"> = {},
): Promise<ImageHeader | undefined> {
  if (file.size === 0) throw new FoveaError("bad-file", `${name}: image: expected a picture, got an empty file`);
  const size = await readHeader(new Uint8Array(await file.slice(0, 512 * 1024).arrayBuffer()));
  const { width = 0, height = 0 } = size ?? {};
  if (width * height <= maxPixels) return size;
  const got = `got ${width}x${height} = ${width * height}`;
  throw new FoveaError("bad-input", `${name}: image: expected at most ${maxPixels} pixels, ${got}: make it smaller`);
}

async function readHeader(head: Uint8Array): Promise<ImageHeader | undefined> {
  const { imageSize: sizeIn } = await import("image-size");
  try {
    const found = sizeIn(head);
    const { type = "image", orientation = 1 } = found;
    // Of a file of several icons a browser shows the largest.
    const [{ width, height } = found] = [...(found.images ?? [])].sort(
      (a, b) => b.width * b.height - a.width * a.height,
    );
    // From 5 on the image lies on its side (EXIF 2.32, Orientation).
    const [across, down] = orientation >= 5 ? [height, width] : [width, height];
    return { width: across, height: down, type: type.toUpperCase() };
  } catch {
    return undefined;
  }
}

const types = { png: "image/png", jpg: "image/jpeg", webp: "image/webp" } as const;

/** A picture as the bytes of an image file. */
export async function encodePicture(picture: Picture, format: ImageFormat): Promise<Uint8Array> {
  return new Uint8Array(await (await encodeBlob(picture, format)).arrayBuffer());
}

/** A picture as an image file. */
export async function encodeBlob(picture: Picture, format: ImageFormat): Promise<Blob> {
  checkEncoding(picture, format);
  const { width, height } = picture;
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d");
  if (context === null) throw new FoveaError("bad-input", `image: no memory for ${width}x${height} pixels`);
  context.putImageData(new ImageData(toRgba(picture), width, height), 0, 0);
  return canvas.convertToBlob({ type: types[format], quality: 0.9 });
}

/** A picture as a `data:` URL. */
export async function encodeDataUrl(picture: Picture, format: ImageFormat): Promise<string> {
  return dataUrl(types[format], await encodePicture(picture, format));
}

/** The platform of figures in a browser: photos are JPEG, everything else PNG. @param fonts that figures carry. Default none */
export async function webPlatform(fonts: readonly EmbeddedFont[] = []): Promise<FigurePlatform> {
  const context = present(new OffscreenCanvas(1, 1).getContext("2d"), "2D context of a canvas");
  await Promise.all(fonts.map(letMeasure));
  function measure(text: string, style: TextStyle): number {
    context.font = cssFont(style);
    return context.measureText(text).width;
  }
  return {
    text: svgText(measure, fonts.length === 0 ? undefined : fontRules(fonts)),
    encode: (picture, content) => encodeDataUrl(picture, content === "photo" ? "jpg" : "png"),
  };
}

/** Has canvases of this page or worker set text in the font. */
async function letMeasure({ weight, bytes }: EmbeddedFont): Promise<void> {
  // In a worker the set is the worker's, and has no class of its own.
  const set: Pick<FontFaceSet, "add"> | undefined = Reflect.get(globalThis.document ?? globalThis, "fonts");
  set?.add(await new FontFace("Inter", bytes, { weight: String(weight) }).load());
}

/** The fonts at these addresses, to be carried by figures and pages. */
export async function fetchFonts(
  addresses: Readonly<Record<EmbeddedFont["weight"], string>>,
): Promise<readonly EmbeddedFont[]> {
  const weights = [400, 600] as const;
  return Promise.all(
    weights.map(async (weight) => {
      const bytes = new Uint8Array(await (await fetchFile(addresses[weight])).arrayBuffer());
      return { weight, bytes };
    }),
  );
}
