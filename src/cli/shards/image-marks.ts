/** @file What tells an image, and its near copies, in a table: hashes of its file and of its picture, taken when it is read anyway. */

import { createHash } from "node:crypto";
import { differenceHashOf } from "../../data/photos/copies/difference-hash.js";
import { type FoundImage, imageOf } from "../../data/sources/image-of.js";
import { readInput } from "../../files/input/read-input.js";
import { FoveaError } from "../../foundation/error.js";
import type { Picture } from "../../image/picture/picture.js";
import { platform } from "../platform.js";

export interface Marks {
  /** Of the file, in hexadecimal. */
  readonly sha256: string;
  /** The difference hash in hexadecimal; undefined for a nearly plain picture. */
  readonly near_hash?: string;
}

/** Where marks of images are taken that are read. */
export interface Marked {
  /** Default: none are. */
  readonly marks?: ImageMarks | undefined;
}

/** Bytes of an image's marks: whether there are any, and whether a difference hash; and both hashes. */
const [shaBytes, nearBytes] = [32, 8];
const markBytes = 2 + shaBytes + nearBytes;

/** Room for the marks of all images is there from the beginning, so that memory does not grow with those that are seen. */
export class ImageMarks {
  readonly #places: ReadonlyMap<string, number>;
  readonly #bytes: Buffer;

  /** @param names of the images, each once */
  constructor(names: readonly string[]) {
    this.#places = new Map(names.map((name, place) => [name, place]));
    this.#bytes = Buffer.alloc(markBytes * names.length);
  }

  /** Marks an image that was read. @param source what it was decoded from, see `imageOf` */
  async note(name: string, source: string | File, picture: Picture): Promise<void> {
    const room = this.#roomOf(name);
    if (room === undefined || room[0] === 1) return;
    const { sha256, near_hash: near } = await marksOf(source, picture);
    room[1] = near === undefined ? 0 : 1;
    room.write(sha256, 2, "hex");
    if (near !== undefined) room.write(near, 2 + shaBytes, "hex");
    room[0] = 1;
  }

  /** Those that were noted; of an image that an earlier run has seen they are made now. */
  async of(name: string, image: FoundImage): Promise<Partial<Marks>> {
    const room = this.#roomOf(name);
    if (room?.[0] === 1) return read(room);
    try {
      const source = await imageOf(image);
      return await marksOf(source, await platform.decode(source));
    } catch (error) {
      if (error instanceof FoveaError) return {};
      throw error;
    }
  }

  #roomOf(name: string): Buffer | undefined {
    const place = this.#places.get(name);
    return place === undefined ? undefined : this.#bytes.subarray(markBytes * place, markBytes * (place + 1));
  }
}

function read(room: Buffer): Marks {
  const sha256 = room.toString("hex", 2, 2 + shaBytes);
  return { sha256, ...(room[1] === 1 ? { near_hash: room.toString("hex", 2 + shaBytes) } : {}) };
}

async function marksOf(source: string | File, picture: Picture): Promise<Marks> {
  // Bytes from elsewhere are here already.
  const bytes =
    typeof source === "string" ? await readInput(source, "image") : new Uint8Array(await source.arrayBuffer());
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const near = await differenceHashOf(picture);
  return { sha256, ...(near ? { near_hash: Buffer.from(near).toString("hex") } : {}) };
}
