/** @file The one way to read a whole file that a user, or a file of others, names: a regular one, below the size of its kind. */

import { closeSync, createReadStream, type ReadStream, read } from "node:fs";
import { promisify } from "node:util";
import { FoveaError } from "../../foundation/error.js";
import { type OpenedFile, openRegular, regularFile } from "../regular-file.js";
import { systemCode } from "../system-error.js";
import { type InputKindName, inputKinds, refuseSize } from "./input-kinds.js";
import { ownDescriptor } from "./own-descriptor.js";

/**
 * The bytes of a file. A path of one of the process's own streams (`/dev/stdin`, `/dev/fd/63`) is read to its end.
 * @param where begins the errors. Default the path and what the file is
 * @throws FoveaError `not-found`; `bad-file` for a folder, a pipe or a device, a file that may not be read, and one that is too large
 */
export async function readInput(path: string, kind: InputKindName, where = placeOf(path, kind)): Promise<Uint8Array> {
  const descriptor = ownDescriptor(path);
  if (descriptor !== undefined) return readStream(streamAt(descriptor), kind, where);
  const { file, size } = openInput(path, where);
  try {
    refuseSize(size, kind, where);
    return await readPart(file, 0, size, where);
  } finally {
    closeSync(file);
  }
}

/** The path and what the file is; an empty path is shown as such. */
const placeOf = (path: string, kind: InputKindName) => `${path || '""'}: ${inputKinds[kind].what}`;

/** As `readInput`, at once; streams are refused. */
export function readInputSync(path: string, kind: InputKindName, where = placeOf(path, kind)) {
  const { byteLength, read } = opened(where, () => regularFile(path, where));
  refuseSize(byteLength, kind, where);
  return read(0, byteLength);
}

/** A file piece by piece. @param kind limits its size. Default: any @throws as `readInput` */
export function streamRegular(path: string, where: string, kind?: InputKindName): ReadStream {
  const { file, size } = openInput(path, where);
  if (kind !== undefined) refuseOpen(file, () => refuseSize(size, kind, where));
  return createReadStream("", { fd: file, start: 0 });
}

function refuseOpen(file: number, refuse: () => void): void {
  try {
    refuse();
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

/** As `readInput`, of text in UTF-8; a byte order mark is left out. */
export async function readInputText(path: string, kind: InputKindName, where?: string): Promise<string> {
  return new TextDecoder().decode(await readInput(path, kind, where));
}

/**
 * All bytes of a stream.
 * @throws FoveaError `bad-file` where there are more than of a file of its kind: the rest is not read
 */
export async function readStream(
  stream: AsyncIterable<Uint8Array>,
  kind: InputKindName,
  where: string,
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const piece of stream) {
      size += piece.length;
      refuseSize(size, kind, where);
      pieces.push(piece);
    }
  } catch (cause) {
    throw cause instanceof FoveaError ? cause : unreadable(where, cause);
  }
  return Buffer.concat(pieces);
}

function streamAt(descriptor: number): AsyncIterable<Uint8Array> {
  return createReadStream("", { fd: descriptor, autoClose: false });
}

/** Opens a regular file, whose descriptor is to be closed. @throws FoveaError `not-found`, `bad-file` */
export function openInput(path: string, where: string): OpenedFile {
  return opened(where, () => openRegular(path, where));
}

function opened<Result>(where: string, open: () => Result): Result {
  try {
    return open();
  } catch (cause) {
    if (cause instanceof FoveaError) throw cause;
    throw unreadable(where, cause);
  }
}

function unreadable(where: string, cause: unknown): FoveaError {
  const code = systemCode(cause);
  return code === "ENOENT" || code === "ENOTDIR"
    ? new FoveaError("not-found", `${where}: expected a file, got none there`, { cause })
    : new FoveaError("bad-file", `${where}: expected a readable file, got ${code || "none"}`, { cause });
}

const readAsync = promisify(read);

/** Bytes of an open file. @throws FoveaError `bad-file` where there are fewer */
export async function readPart(file: number, offset: number, byteLength: number, where: string): Promise<Uint8Array> {
  const bytes = new Uint8Array(byteLength);
  for (let at = 0; at < byteLength; ) {
    // One call reads at most 2 GiB.
    const length = Math.min(byteLength - at, 2 ** 30);
    const { bytesRead } = await readAsync(file, bytes, at, length, offset + at).catch((cause: unknown) => {
      throw unreadable(where, cause);
    });
    if (bytesRead === 0) {
      throw new FoveaError("bad-file", `${where}: expected ${offset + byteLength} bytes, got only ${offset + at}`);
    }
    at += bytesRead;
  }
  return bytes;
}
