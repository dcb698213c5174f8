/** @file Reads the file of an image, wherever it lies. */

import { readInput } from "../../files/input/read-input.js";

/** The file of an image that does not lie on disk by itself. */
export interface ImageFile {
  /** All of it; any number of times. */
  readonly read: () => Promise<Uint8Array>;
  /** Its first bytes, at most so many, where they are had without the others. Default: they are not. */
  readonly head?: (byteLength: number) => Promise<Uint8Array>;
  /** Its size. Default not known. */
  readonly bytes?: number | undefined;
  /** What changes when the image does. Default not known. */
  readonly version?: string | undefined;
}

/** An image of a source, a photo, or an input. */
export interface FoundImage {
  /** How people find it: a path on disk, or an address such as `s3://bucket/cat/12.jpg`. */
  readonly path: string;
  /** Undefined where it lies at its path. */
  readonly file?: ImageFile | undefined;
}

/** What decoders take: the path of a file on disk, else its bytes with the name that errors call it by. */
export async function imageOf({ path, file }: FoundImage): Promise<string | File> {
  return file === undefined ? path : new File([new Uint8Array(await file.read())], path);
}

/** The file's bytes. @throws FoveaError `not-found`, `bad-file`, `network` */
export async function bytesOfImage({ path, file }: FoundImage): Promise<Uint8Array> {
  return file === undefined ? readInput(path, "image") : file.read();
}
