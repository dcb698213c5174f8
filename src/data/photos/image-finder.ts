/** @file The images that annotations belong to. */

import { groupBy } from "./group-by.js";

/**
 * Finds the image of an annotation: one of the name (without extension) that it gives, else of its own name. Of several,
 * the one whose path shares most folders with the annotation's; undefined where that decides nothing.
 */
export function imageFinder(paths: readonly string[]): (file: string, beside: string) => string | undefined {
  const byStem = groupBy(paths, stemOf);
  return (file, beside) => {
    const candidates = byStem.get(stemOf(file)) ?? byStem.get(stemOf(beside)) ?? [];
    const folders = new Set([...foldersOf(beside), ...foldersOf(file)]);
    const shared = candidates.map((path) => foldersOf(path).filter((name) => folders.has(name)).length);
    const most = Math.max(...shared);
    const best = candidates.filter((_, i) => shared[i] === most);
    return best.length === 1 ? best[0] : undefined;
  };
}

const foldersOf = (path: string) => path.split(/[/\\]/).slice(0, -1);
const stemOf = (path: string) => path.replace(/^.*[/\\]/s, "").replace(/\.[^.]*$/, "");
