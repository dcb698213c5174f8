/** @file What image files are, and how they are decoded; the same on Node and in a page. */

/** An image file: its path on Node and its address in a page, its bytes, or a `File` or other `Blob`. */
export type ImageSource = string | Uint8Array | Blob;

/** Formats that pictures are written in; `jpg` and `webp` with losses. */
export const imageFormats = ["png", "jpg", "webp"] as const;
/** A format that pictures are written in. */
export type ImageFormat = (typeof imageFormats)[number];

/** How an image file is decoded. */
export interface DecodeImageOptions {
  /** Give one channel instead of three (see `toGrey`). Default false. */
  readonly grey?: boolean;
  /** Refuse images of more pixels than this before decoding them. Default 100 million on Node, 64 million in a page. */
  readonly maxPixels?: number;
  /** The image's name in errors. Default its path, address or file name, or `image`. */
  readonly name?: string;
}
