/** @file Bytes that are read part by part and take their time: a file on disk, or one in a store. */

import { closeSync } from "node:fs";
import { FoveaError } from "../../foundation/error.js";
import { openInput, readPart } from "./read-input.js";

export interface RandomAccess {
  /** How people find it: the beginning of errors. */
  readonly where: string;
  readonly byteLength: number;
  /**
   * Bytes from `offset` on.
   * @throws FoveaError `bad-file` where there are fewer
   */
  readonly read: (offset: number, byteLength: number) => Promise<Uint8Array>;
  readonly close: () => Promise<void>;
}

/**
 * A file that stays open until it is closed, so that all its parts are of one file.
 * @throws FoveaError `not-found`; `bad-file` for what is no regular file or may not be read
 */
export function openRandomAccess(path: string, where = path): RandomAccess {
  const { file, size } = openInput(path, where);
  return {
    where,
    byteLength: size,
    read: async (offset, byteLength) => {
      refuseBeyond({ where, byteLength: size }, offset, byteLength);
      return readPart(file, offset, byteLength, where);
    },
    close: async () => closeSync(file),
  };
}

/** @throws FoveaError `bad-file` for a part that does not lie within: nothing is kept free for it */
export function refuseBeyond(
  { where, byteLength }: Pick<RandomAccess, "where" | "byteLength">,
  offset: number,
  length: number,
): void {
  if (offset >= 0 && length >= 0 && offset + length <= byteLength) return;
  throw new FoveaError("bad-file", `${where}: expected bytes ${offset} + ${length}, got ${byteLength} in all`);
}
