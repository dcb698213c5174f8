/** @file Regular files whose parts are read when they are asked for. */

import { closeSync, constants, fstatSync, openSync, readSync, type Stats, statSync } from "node:fs";
import { FoveaError } from "../foundation/error.js";
import type { ByteSource } from "./input/byte-source.js";
import { systemCode } from "./system-error.js";

export interface RegularFile extends ByteSource {
  readonly path: string;
}

/**
 * A file that can be read.
 * @param where the beginning of errors
 * @throws FoveaError `bad-file` for a folder, a pipe, a device, or a file that may not be read; the file system's error where there is
 *   none
 */
export function regularFile(path: string, where: string): RegularFile {
  const { file, size } = openRegular(path, where);
  closeSync(file);
  return { path, byteLength: size, read: (offset, byteLength) => bytesOf(path, offset, byteLength) };
}

export interface OpenedFile {
  /** The descriptor, to be closed. */
  readonly file: number;
  readonly size: number;
}

/** A pipe would be waited for; Windows has no such flag. */
const readAtOnce = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/**
 * Opens a file, which is looked at before, since opening a device may do something, and again when it is open, since it may be another
 * by then.
 * @throws as `regularFile`
 */
export function openRegular(path: string, where: string): OpenedFile {
  refuseOthers(statSync(path), where);
  const file = openOrExplain(path, where);
  try {
    const status = fstatSync(file);
    refuseOthers(status, where);
    return { file, size: status.size };
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

function openOrExplain(path: string, where: string): number {
  try {
    return openSync(path, readAtOnce);
  } catch (cause) {
    throw new FoveaError("bad-file", `${where}: expected a readable file, got ${systemCode(cause)}`, { cause });
  }
}

function refuseOthers(status: Stats, where: string): void {
  if (status.isFile()) return;
  const got = status.isDirectory() ? "a folder" : "a pipe or a device";
  throw new FoveaError("bad-file", `${where}: expected a regular file, got ${got}`);
}

function bytesOf(path: string, offset: number, byteLength: number): Uint8Array {
  const { file } = openRegular(path, path);
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
