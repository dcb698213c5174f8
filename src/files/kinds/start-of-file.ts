/** @file The first bytes of a file on disk. */

import { closeSync, readSync } from "node:fs";
import { type OpenedFile, openRegular } from "../regular-file.js";
import { startLength } from "./kind.js";

/** As many as its kind is told by; undefined for what is no regular file, or cannot be read. */
export function startOfFile(path: string): Uint8Array | undefined {
  let opened: OpenedFile;
  try {
    opened = openRegular(path, path);
  } catch {
    return undefined;
  }
  const { file } = opened;
  try {
    const head = new Uint8Array(startLength);
    return head.subarray(0, readSync(file, head, 0, startLength, 0));
  } catch {
    return undefined;
  } finally {
    closeSync(file);
  }
}
