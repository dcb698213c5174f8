/** @file Makes folders. */

import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { systemCode } from "./system-error.js";

/** Makes a folder and those above it. Node's own recursive mkdir never returns below /proc. */
export async function makeFolder(path: string): Promise<void> {
  const make = () =>
    mkdir(path).catch((error: unknown) => {
      if (systemCode(error) !== "EEXIST") throw error;
    });
  try {
    await make();
  } catch (error) {
    if (systemCode(error) !== "ENOENT" || dirname(path) === path) throw error;
    await makeFolder(dirname(path));
    await make();
  }
}
