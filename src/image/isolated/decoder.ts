/** @file The child process that image files are decoded in. */

import { answerParent } from "../../child/answer-parent.js";
import { decodeImage } from "../node.js";
import type { DecodeImageOptions } from "../picture/image-file.js";
import type { Picture } from "../picture/picture.js";

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
