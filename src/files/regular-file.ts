/** @file Regular files whose parts are read when they are asked for. */

import { closeSync, openSync, readSync, statSync } from "node:fs";
import { FoveaError } from "../foundation/error.js";
import { systemCode } from "./system-error.js";

export interface RegularFile {
  readonly path: string;
  readonly byteLength: number;
  /** @throws FoveaError `bad-file` where the file ends before */
  readonly read: (offset: number, byteLength: number) => Uint8Array;
}

/**
 * A file that can be read.
 * @param where the beginning of errors
 * @throws FoveaError `bad-file` for a folder, a pipe, a device, or a file that may not be read
 */
export function regularFile(path: string, where: string): RegularFile {
  const status = statSync(path);
  if (!status.isFile()) {
    const got = status.isDirectory() ? "a folder" : "a pipe or a device";
    throw new FoveaError("bad-file", `${where}: expected a regular file, got ${got}`);
  }
  try {
    closeSync(openSync(path, "r"));
  } catch (cause) {
    throw new FoveaError("bad-file", `${where}: expected a readable file, got ${systemCode(cause)}`, { cause });
  }
  return { path, byteLength: status.size, read: (offset, byteLength) => bytesOf(path, offset, byteLength) };
}

function bytesOf(path: string, offset: number, byteLength: number): Uint8Array {
  const file = openSync(path, "r");
  try {
    const bytes = new Uint8Array(byteLength);
    // One call reads at most 2 GiB.
    for (let at = 0; at < byteLength; ) {
      const count = readSync(file, bytes, at, Math.min(byteLength - at, 2 ** 30), offset + at);
      if (count === 0) {
        const got = `a file that ends at ${offset + at}`;
        throw new FoveaError("bad-file", `${path}: expected bytes ${offset} + ${byteLength}, got ${got}`);
      }
      at += count;
    }
    return bytes;
  } finally {
    closeSync(file);
  }
}
