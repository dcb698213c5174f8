/** @file Unpacks gzip files, in Node and in a page. */

import { FoveaError, messageOf } from "../../foundation/error.js";

/** Whether the bytes begin as a gzip file does. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * The first `most` bytes that a gzip file holds, or all where it holds fewer; only then its checksum is verified.
 * @param where the file's name in errors
 * @throws FoveaError `bad-file` when it is damaged or ends early
 */
export async function unzip(bytes: Uint8Array, most: number, where: string): Promise<Uint8Array> {
  const all = new Uint8Array(Math.min(most, mostRatio * bytes.length + 1));
  let length = 0;
  const stream = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new DecompressionStream("gzip"));
  const reader = stream.getReader();
  try {
    while (length < all.length) {
      const { done, value } = await reader.read();
      if (done) return all.subarray(0, length);
      all.set(value.subarray(0, all.length - length), length);
      length += value.length;
    }
    await reader.cancel();
  } catch (cause) {
    throw gzipError(where, cause);
  }
  return all;
}

/** Deflate packs at most 1032 bytes into one (zlib's technical details): more are not waited for. */
const mostRatio = 1032;

/** Node names the reason in `code`, browsers in words. */
function gzipError(where: string, cause: unknown): FoveaError {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  const message = messageOf(cause);
  const early = code === "Z_BUF_ERROR" || /truncated|unexpected end/i.test(message);
  const got = early ? "one that ends early" : `one that is damaged (${message})`;
  return new FoveaError("bad-file", `${where}: expected a whole gzip file, got ${got}`, { cause });
}
