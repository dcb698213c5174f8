/** @file Image files and their decoding, the same on Node and in a page. */

import { badInput, checkMethod } from "../../foundation/check.js";

/** An image file: its path on Node and its address in a page, its bytes, or a `File` or other `Blob`. */
export type ImageSource = string | Uint8Array | Blob;

/** @throws FoveaError `bad-input` for what is no image file */
export function checkImageSource(source: unknown): void {
  const isFile = typeof source === "string" || source instanceof Uint8Array || source instanceof Blob;
  if (!isFile) throw badInput("image", "a path or an address, bytes, or a Blob", source);
}

/** The name in errors of an image that has no other. */
export function nameOfImage(source: ImageSource): string {
  if (typeof source === "string") return source;
  return source instanceof File ? source.name : "image";
}

/** @throws FoveaError `bad-input` for what is no picture, or no format */
export function checkEncoding(picture: unknown, format: ImageFormat): void {
  checkMethod("picture", "one", picture ?? null, "pixels");
  if (!imageFormats.includes(format)) throw badInput("format", imageFormats.join(", "), format);
}

/** Formats that pictures are written in; `jpg` and `webp` with losses. */
export const imageFormats = ["png", "jpg", "webp"] as const;
/** A format that pictures are written in. */
export type ImageFormat = (typeof imageFormats)[number];

/** How an image file is decoded. */
export interface DecodeImageOptions {
  /** Give one channel instead of three (see `toGrey`). Default false. */
  readonly grey?: boolean;
  /** Give the opacity, too (`Picture.rgba`), where the image has some. Default false. */
  readonly opacity?: boolean;
  /** Refuse images of more pixels than this before decoding them. Default 64 million; on Node half of that for more than 8 bits per sample. */
  readonly maxPixels?: number;
  /** The image's name in errors. Default its path, address or file name, or `image`. */
  readonly name?: string;
}
