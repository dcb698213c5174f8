/** @file Makes folders. */

import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { systemCode } from "./system-error.js";
import { syncFolder } from "./write/sync.js";

/** Makes a folder and those above it. Node's own recursive mkdir never returns below /proc. */
export async function makeFolder(path: string): Promise<void> {
  try {
    await makeOne(path);
  } catch (error) {
    if (systemCode(error) !== "ENOENT" || dirname(path) === path) throw error;
    await makeFolder(dirname(path));
    await makeOne(path);
  }
}

async function makeOne(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if (systemCode(error) !== "EEXIST") throw error;
    return;
  }
  await syncFolder(dirname(path));
}
