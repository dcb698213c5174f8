/** @file Walks through folders: the files in them that match a pattern, and what was left out on the way. */

import { FoveaError } from "../foundation/error.js";
import { count } from "../foundation/words.js";
import { FolderGuard, type WalkLimits, type WalkOptions } from "./folder-guard.js";

export interface Walked {
  /** Paths from the folder, with forward slashes, sorted; numbers in names count as numbers. */
  readonly names: readonly string[];
  /** What was left out that a user may miss, a plain sentence each. */
  readonly notes: readonly string[];
}

const byName = new Intl.Collator("en", { numeric: true });

/**
 * Files that match and are no results of ours. Hidden files and folders are left out unless the pattern names them. A link that
 * leads to a folder outside of the one that is walked, or back to one above it, is not followed; `linksOut` says what holds for
 * files. Pipes, sockets, devices and folders that may not be read are left out, with a note.
 * @throws FoveaError `bad-input` for more files, folders and links than `limits` allows
 */
export async function filesMatching(
  pattern: string,
  folder = ".",
  options: WalkOptions = {},
  limits?: WalkLimits,
): Promise<Walked> {
  const { glob } = await import("tinyglobby");
  const guard = new FolderGuard(options, limits);
  const found = await glob(pattern, {
    cwd: folder,
    expandDirectories: false,
    // The guard hands out what links lead to in their place.
    followSymbolicLinks: false,
    fs: { readdir: guard.readdir },
  });
  if (guard.exceeded) {
    const expected = `expected at most ${count(guard.exceeded.most)} ${guard.exceeded.what} in it`;
    const where = folder === "." ? pattern : folder;
    throw new FoveaError("bad-input", `${where}: ${expected}, got more: give the folder that holds the images`);
  }
  const names = found.filter((name) => !/\.fovea\./.test(name));
  return { names: names.sort(byName.compare), notes: guard.notes() };
}
