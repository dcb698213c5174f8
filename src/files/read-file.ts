/** @file Reads a file whole. */

import { existsSync } from "node:fs";
import { FoveaError } from "../foundation/error.js";
import { regularFile } from "./regular-file.js";

/**
 * The bytes of a file.
 * @throws FoveaError `not-found`, `bad-file` for a file that is not regular
 */
export async function readFileAt(path: string): Promise<Uint8Array> {
  if (!existsSync(path)) throw new FoveaError("not-found", `${path}: expected a file, got none there`);
  const { byteLength, read } = regularFile(path, path);
  return read(0, byteLength);
}
