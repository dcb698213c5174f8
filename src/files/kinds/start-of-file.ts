/** @file The first bytes of a file on disk. */

import { closeSync, openSync, readSync, statSync } from "node:fs";
import { startLength } from "./kind.js";

/** As many as its kind is told by; undefined for what is no file, or cannot be read. */
export function startOfFile(path: string): Uint8Array | undefined {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return undefined;
  let file: number;
  try {
    file = openSync(path, "r");
  } catch {
    return undefined;
  }
  try {
    const head = new Uint8Array(startLength);
    return head.subarray(0, readSync(file, head, 0, startLength, 0));
  } finally {
    closeSync(file);
  }
}
