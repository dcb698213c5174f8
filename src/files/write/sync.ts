/** @file Makes sure that files, and the names in a folder, are on disk. */

import { fsync } from "node:fs";
import { open } from "node:fs/promises";
import { promisify } from "node:util";
import { systemCode } from "../system-error.js";

/** Flushes an open file by its number: file handles of Yarn's Plug'n'Play have no `sync`. */
export const flush = promisify(fsync);

/**
 * Flushes a folder. Systems that cannot do that, or not for this folder, are left in peace: the files in it are whole all the same.
 * @throws the file system's error where the disk fails
 */
export async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, "r");
    try {
      await flush(folder.fd);
    } finally {
      await folder.close();
    }
  } catch (error) {
    if (systemCode(error) === "EIO") throw error;
  }
}
