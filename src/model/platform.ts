/** @file The machine that a model runs on: a runtime, and functions that read and write pictures and files. */

import type { EmbeddedFont } from "../image/figure/embedded-font.js";
import type { FigurePlatform } from "../image/figure/panel.js";
import type { ImageFormat, ImageSource } from "../image/picture/image-file.js";
import type { Picture } from "../image/picture/picture.js";
import type { Runtime } from "../runtime/session.js";

/** A program with its version, for provenance. */
export interface Program {
  readonly name: string;
  readonly version: string;
}

/** A runtime, and functions that read and write images and files; made by `createNodePlatform` or `createWebPlatform`. */
export interface Platform {
  readonly runtime: Runtime;
  /** The programs that compute, for reports: Fovea, the runtime, and others if known. */
  readonly versions: readonly Program[];
  /**
   * Decodes an image file to 8-bit sRGB, with finer samples besides where the file has them and the platform reads them.
   * @param options whether the picture's opacity is wanted, too. Default not
   * @throws FoveaError `not-found`, `bad-file`, or `bad-input` for an image of too many pixels
   */
  decode(source: ImageSource, options?: { readonly opacity?: boolean }): Promise<Picture>;
  /** A picture as the bytes of an image file. */
  encode(picture: Picture, format: ImageFormat): Promise<Uint8Array>;
  /** A picture as a `data:` URL, for pages and reports. */
  encodeDataUrl(picture: Picture, format: ImageFormat): Promise<string>;
  /** The tools that draw figures: text, and pictures as `data:` URLs. */
  figures(): Promise<FigurePlatform>;
  /** The fonts that pages, such as reports, carry with them. Default none: they are set in the reader's. */
  fonts?(): Promise<readonly EmbeddedFont[]>;
  /**
   * The bytes of a file.
   * @param path on Node a path, in a page an address
   * @throws FoveaError `not-found`, `bad-file`, `network`
   */
  readFile(path: string): Promise<Uint8Array>;
}
