/** @file What has come of a download, kept in a file of its own: a line that says of which version it is, and the bytes. */

import { createReadStream } from "node:fs";
import { type FileHandle, open, rm, stat } from "node:fs/promises";
import { FoveaError } from "../../foundation/error.js";
import { systemReason } from "../system-error.js";

/** The beginning of a file, in another one. */
export interface PartialDownload {
  /** What the server calls this version of the file: its `ETag`, or its `Last-Modified`. */
  readonly version: string;
  readonly bytes: number;
  readonly read: () => AsyncIterable<Uint8Array>;
}

/** Bytes of the longest first line. */
const longest = 1024;

const isVersion = (version: string) => /^[\x20-\x7e]+$/.test(version) && version.length < longest;

/** What a file begins with that can be gone on with. @param version none for an answer that cannot be continued */
export function firstLine(version: string | undefined): Uint8Array {
  return Buffer.from(`${version !== undefined && isVersion(version) ? version : ""}\n`);
}

/**
 * What is kept at a path.
 * @param size of the whole file
 * @returns undefined where there is nothing that can be continued
 */
export async function partialDownload(path: string, size: number): Promise<PartialDownload | undefined> {
  const status = await stat(path).catch(() => undefined);
  if (!status?.isFile()) return undefined;
  const line = await lineIn(path);
  if (line === undefined || !isVersion(line)) return undefined;
  const bytes = status.size - line.length - 1;
  if (bytes <= 0 || bytes > size) return undefined;
  // No further than it was when it was looked at.
  const read = () => createReadStream(path, { start: line.length + 1, end: status.size - 1 });
  return { version: line, bytes, read };
}

async function lineIn(path: string): Promise<string | undefined> {
  const file = await open(path, "r");
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(longest), 0, longest, 0);
    const end = buffer.subarray(0, bytesRead).indexOf(10);
    return end === -1 ? undefined : buffer.toString("latin1", 0, end);
  } finally {
    await file.close();
  }
}

/** The bytes at a path, whatever their version. */
export async function* keptBytes(path: string): AsyncGenerator<Uint8Array> {
  const line = await lineIn(path);
  yield* createReadStream(path, { start: (line?.length ?? 0) + 1 });
}

/**
 * Writes pieces to the end of a partial file as they come.
 * @throws FoveaError `unwritable`; what the pieces throw
 */
export async function appendPieces(path: string, pieces: AsyncIterable<Uint8Array>): Promise<void> {
  const attempt = <Result>(action: Promise<Result>) =>
    action.catch((cause: unknown) => {
      const got = `got ${systemReason(cause)}`;
      throw new FoveaError("unwritable", `${path}: cannot be written: expected a place for a download, ${got}`, {
        cause,
      });
    });
  let file: FileHandle | undefined;
  try {
    for await (const piece of pieces) {
      // The pieces may begin with taking the file away.
      file ??= await attempt(open(path, "a"));
      await attempt(file.writeFile(piece));
    }
  } finally {
    await file?.close();
  }
}

export async function removePartial(path: string): Promise<void> {
  await rm(path, { force: true });
}
