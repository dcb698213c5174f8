/** @file Bytes that are read part by part, wherever they lie. */

import { FoveaError } from "../../foundation/error.js";

/** A file, or a part of one. */
export interface ByteSource {
  readonly byteLength: number;
  /**
   * Bytes from `offset` on; of bytes in memory a view.
   * @throws FoveaError `bad-file` where there are fewer
   */
  readonly read: (offset: number, byteLength: number) => Uint8Array;
}

/** Bytes in memory. @param where begins the errors */
export function bytesAsSource(bytes: Uint8Array, where: string): ByteSource {
  const { byteLength } = bytes;
  return {
    byteLength,
    read(offset, length) {
      if (offset >= 0 && length >= 0 && offset + length <= byteLength) return bytes.subarray(offset, offset + length);
      throw new FoveaError("bad-file", `${where}: expected bytes ${offset} + ${length}, got ${byteLength} in all`);
    },
  };
}

/** A part of a source as a source. */
export function partOf({ read }: ByteSource, start: number, byteLength: number): ByteSource {
  return {
    byteLength,
    read(offset, length) {
      if (offset >= 0 && length >= 0 && offset + length <= byteLength) return read(start + offset, length);
      throw new FoveaError("bad-file", `expected bytes ${offset} + ${length}, got a part of ${byteLength}`);
    },
  };
}
