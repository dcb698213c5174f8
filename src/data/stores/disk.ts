/** @file Folders on disk as stores. */

import { stat } from "node:fs/promises";
import { join } from "node:path";
import { openRandomAccess } from "../../files/input/random-access.js";
import { readInput } from "../../files/input/read-input.js";
import type { WalkOptions } from "../folder-guard.js";
import type { Store } from "./store.js";

/** A folder. @param options which links its walk follows */
export function diskStore(folder: string, options?: WalkOptions): Store {
  const pathOf = (name: string) => join(folder, name);
  return {
    address: pathOf,
    pathOf,
    list: async () => {
      // Files that are named do not need it.
      const { filesIn } = await import("../walk.js");
      const { names, notes } = await filesIn(folder, options);
      return { files: names.map((name) => ({ name })), notes };
    },
    find: async (name) => {
      const status = await stat(pathOf(name)).catch(() => undefined);
      if (!status?.isFile()) return undefined;
      return { name, bytes: status.size, version: `${status.size} ${status.mtimeMs}` };
    },
    read: async (name, range) => {
      if (range === undefined) return readInput(pathOf(name), "image");
      const file = openRandomAccess(pathOf(name));
      try {
        const end = Math.min(range.end, file.byteLength);
        return await file.read(range.start, Math.max(0, end - range.start));
      } finally {
        await file.close();
      }
    },
    close: async () => undefined,
  };
}
