/** @file A hash that tells a large file from others without reading all of it. */

import { createHash } from "node:crypto";
import { regularFile } from "./regular-file.js";

/** Bytes that are read of a large file, and in how many pieces. */
const mostBytes = 4 * 2 ** 20;
const pieces = 64;

/**
 * SHA-256 in hexadecimal: of the size and the whole file up to 4 MiB; of a larger one of its size and 64 pieces of 64 KiB that lie
 * evenly from its first byte to its last, so that it takes milliseconds whatever the size. Weights of another training differ in every
 * piece.
 * @throws FoveaError `bad-file` for what is no readable file
 */
export function contentHash(path: string): string {
  const { byteLength, read } = regularFile(path, path);
  const hash = createHash("sha256").update(`${byteLength}\n`);
  if (byteLength <= mostBytes) return hash.update(read(0, byteLength)).digest("hex");
  const length = mostBytes / pieces;
  for (let i = 0; i < pieces; i++) hash.update(read(Math.round((i * (byteLength - length)) / (pieces - 1)), length));
  return hash.digest("hex");
}
