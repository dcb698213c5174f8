/** @file The images that annotations belong to. */

import { groupBy } from "../../foundation/group-by.js";

/**
 * Finds the image of an annotation: one of the name (without extension) that it gives, else of its own name. Of several,
 * the one whose path shares most folders with the annotation's; undefined where that decides nothing.
 */
export function imageFinder(paths: readonly string[]): (file: string, beside: string) => string | undefined {
  const byStem = groupBy(
    paths.map((path) => ({ path, folders: foldersOf(path) })),
    ({ path }) => stemOf(path),
  );
  return (file, beside) => {
    const candidates = byStem.get(stemOf(file)) ?? byStem.get(stemOf(beside)) ?? [];
    const folders = new Set([...foldersOf(beside), ...foldersOf(file)]);
    let [best, most, isTied]: [string | undefined, number, boolean] = [undefined, -1, false];
    for (const candidate of candidates) {
      const shared = candidate.folders.filter((name) => folders.has(name)).length;
      if (shared > most) [best, most, isTied] = [candidate.path, shared, false];
      else if (shared === most) isTied = true;
    }
    return isTied ? undefined : best;
  };
}

const foldersOf = (path: string) => path.split(/[/\\]/).slice(0, -1);

/** The last part of a path without its extension. */
function stemOf(path: string): string {
  const name = path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
  const dot = name.lastIndexOf(".");
  return dot < 0 ? name : name.slice(0, dot);
}
