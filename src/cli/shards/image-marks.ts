/** @file What tells an image, and its near copies, in a table: hashes of its file and of its picture, taken when it is read anyway. */

import { createHash } from "node:crypto";
import { differenceHashOf } from "../../data/photos/copies/difference-hash.js";
import { bytesOfImage, type FoundImage, imageOf } from "../../data/sources/image-of.js";
import { FoveaError } from "../../foundation/error.js";
import type { Picture } from "../../image/picture/picture.js";
import { platform } from "../platform.js";

export interface Marks {
  /** Of the file, in hexadecimal. */
  readonly sha256: string;
  /** The difference hash in hexadecimal; undefined for a nearly plain picture. */
  readonly near_hash?: string;
}

export class ImageMarks {
  readonly #marks = new Map<string, Marks>();

  /** Marks an image whose picture is at hand. @param name tells it from others */
  async note(name: string, image: FoundImage, picture: Picture): Promise<void> {
    if (!this.#marks.has(name)) this.#marks.set(name, await marksOf(image, picture));
  }

  /** Those that were noted; of an image that an earlier run has seen they are made now. */
  async of(name: string, image: FoundImage): Promise<Partial<Marks>> {
    const noted = this.#marks.get(name);
    if (noted) return noted;
    try {
      return await marksOf(image, await platform.decode(await imageOf(image)));
    } catch (error) {
      if (error instanceof FoveaError) return {};
      throw error;
    }
  }
}

async function marksOf(image: FoundImage, picture: Picture): Promise<Marks> {
  const sha256 = createHash("sha256")
    .update(await bytesOfImage(image))
    .digest("hex");
  const near = await differenceHashOf(picture);
  return { sha256, ...(near ? { near_hash: Buffer.from(near).toString("hex") } : {}) };
}
