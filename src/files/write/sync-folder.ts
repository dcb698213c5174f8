/** @file Makes sure that the names in a folder are on disk. */

import { open } from "node:fs/promises";
import { systemCode } from "../system-error.js";

/**
 * Flushes a folder. Systems that cannot do that, or not for this folder, are left in peace: the files in it are whole all the same.
 * @throws the file system's error where the disk fails
 */
export async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, "r");
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch (error) {
    if (systemCode(error) === "EIO") throw error;
  }
}
