/** @file The one interface of images with labels, wherever they lie: singly, in archives, or in tables. */

import type { Box } from "../../image/picture/resize.js";
import type { Split } from "../photos/photo.js";
import type { FoundImage } from "./image-of.js";

/** What is known of an image without opening it. */
export interface ImageLabels {
  /** Undefined where nothing names it, or annotations name several. */
  readonly label?: string | undefined;
  readonly split?: Split | undefined;
  readonly boxes?: readonly Box[] | undefined;
  /** Why there is no label. */
  readonly reason?: string;
}

/** An image by its name, with what is known of it. */
export interface NamedImage extends ImageLabels {
  /** Its path within the source with forward slashes, e.g. `cat/12.jpg` or `train-000.tar/0001.jpg`. */
  readonly name: string;
}

/** An image of a source; `imageOf` reads it. */
export interface SourceImage extends NamedImage, FoundImage {
  /** What a shard takes whole: the image itself where images lie singly, else its archive's path within the source. */
  readonly unit: string;
}

export interface ImagesOptions {
  /** Units that are read; archives of others are not opened. Default all. */
  readonly keep?: (unit: string) => boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface Source {
  /** As it was given. */
  readonly address: string;
  /** Where the labels come from, for people. */
  readonly origin: string;
  /** The archives that images lie in, which are the units; none where images lie singly. */
  readonly archives: readonly string[];
  /** What its user should know of how it was read, a plain sentence each; complete once all images were seen. */
  readonly notes: readonly string[];
  /** Sorted by name, numbers as numbers; those of a list in its order, and those of an archive in the archive's. */
  images(options?: ImagesOptions): AsyncIterable<SourceImage>;
  /** Images that were handed out can no longer be read. */
  close(): Promise<void>;
}
