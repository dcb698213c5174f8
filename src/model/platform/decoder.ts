/** @file The child process that image files are decoded in. */

import { answerParent } from "../../child/answer-parent.js";
import { decodeImage } from "../../image/node.js";
import type { DecodeImageOptions } from "../../image/picture/image-file.js";
import type { Picture } from "../../image/picture/picture.js";

/** An image file, and how it is decoded. */
export interface DecodeRequest extends DecodeImageOptions {
  readonly source: string | Uint8Array;
}

const abilities = {
  decode: ({ source, ...options }: DecodeRequest): Promise<Picture> => decodeImage(source, options),
};

/** What the child can do. */
export type Decoder = typeof abilities;

answerParent(abilities);
