/** @file Walks through folders: the files in them that match a pattern, and what was left out on the way. */

import { posix } from "node:path";
import { FoveaError } from "../foundation/error.js";
import { mapAhead } from "../foundation/map-ahead.js";
import { count } from "../foundation/words.js";
import { byName } from "./by-name.js";
import { FolderGuard, type WalkLimits, type WalkOptions } from "./folder-guard.js";

export interface Walked {
  /** Paths from the folder, with forward slashes, sorted; numbers in names count as numbers. */
  readonly names: readonly string[];
  /** What was left out that a user may miss, a plain sentence each. */
  readonly notes: readonly string[];
}

/** Folders listed at a time. */
const ahead = 8;

/**
 * All files of a folder and its sub-folders that are no results of ours. Hidden ones are left out. A link that leads to a folder
 * outside, or back to one above it, is not followed; `linksOut` says what holds for files. Pipes, sockets, devices and folders
 * that may not be read are left out, with a note.
 * @throws FoveaError `bad-input` for more files, folders and links than `limits` allows
 */
export async function filesIn(folder: string, options?: WalkOptions, limits?: WalkLimits): Promise<Walked> {
  const guard = new FolderGuard(options, limits);
  const root = folder.endsWith("/") ? folder : `${folder}/`;
  const names: string[] = [];
  const list = async (at: string) => ({ at, entries: await guard.list(root + at) });
  for (let folders = [""]; folders.length > 0; ) {
    const below: string[] = [];
    for await (const { at, entries } of mapAhead(folders, ahead, list)) {
      for (const entry of entries) {
        if (entry.name.startsWith(".")) continue;
        if (entry.isDirectory()) below.push(`${at}${entry.name}/`);
        else names.push(at + entry.name);
      }
    }
    folders = below;
  }
  return walked(names, guard, folder);
}

/**
 * The files that a pattern matches, as `filesIn` takes them; hidden ones where the pattern names them.
 * @throws FoveaError as `filesIn`
 */
export async function filesMatching(pattern: string, options?: WalkOptions, limits?: WalkLimits): Promise<Walked> {
  const { glob } = await import("tinyglobby");
  const guard = new FolderGuard(options, limits);
  // Else the walk would begin at the folder that holds both this pattern and the one where the program runs.
  const fixed = folderOfPattern(pattern);
  const rest = fixed === "." ? pattern : pattern.slice(fixed.length).replace(/^\/+/, "");
  const names = await glob(rest, {
    cwd: fixed,
    expandDirectories: false,
    // The guard hands out what links lead to in their place.
    followSymbolicLinks: false,
    fs: { readdir: guard.readdir },
  });
  const paths = names.map((name) => (fixed === "." ? name : posix.join(fixed, name)));
  return walked(paths, guard, pattern);
}

/** @throws FoveaError `bad-input` where the walk was ended by a limit */
function walked(names: readonly string[], guard: FolderGuard, where: string): Walked {
  if (guard.exceeded) {
    const expected = `expected at most ${count(guard.exceeded.most)} ${guard.exceeded.what} in it`;
    throw new FoveaError("bad-input", `${where}: ${expected}, got more: give the folder that holds the images`);
  }
  const ours = names.filter((name) => !/\.fovea\./.test(name));
  return { names: ours.sort(byName.compare), notes: guard.notes() };
}

/** Whether an argument that names no file may match some. */
export function isPattern(argument: string): boolean {
  return /[*?[\]{}]/.test(argument);
}

/** The folder that everything lies in that a pattern can match. */
export function folderOfPattern(pattern: string): string {
  const folders = pattern.split("/").slice(0, -1);
  const first = folders.findIndex(isPattern);
  return (first < 0 ? folders : folders.slice(0, first)).join("/") || (pattern.startsWith("/") ? "/" : ".");
}
