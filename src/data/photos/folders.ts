/** @file Classes and splits as the names of folders tell them. */

import { type Split, splitNamed } from "./photo.js";

/** What the folders above an image say of it. */
export interface Place {
  readonly label: string | undefined;
  readonly split: Split | undefined;
}

/**
 * Reads `train/cat/1.jpg` and `cat/1.jpg`, also inside of folders that hold everything; what lies deeper in a class's folder
 * is of that class. The uppermost folders are splits where one of them is called `train`, or all are called like a split.
 * @param paths of images, with forward slashes
 */
export function placesOf(paths: readonly string[]): Place[] {
  let folders = paths.map((path) => path.split("/").slice(0, -1));
  for (let top = folders[0]?.[0]; top !== undefined && splitNamed(top) === undefined; top = folders[0]?.[0]) {
    if (!folders.every(([name, ...rest]) => name === top && rest.length > 0)) break;
    folders = folders.map(([, ...rest]) => rest);
  }
  const named = new Set(folders.flatMap(([name]) => (name === undefined ? [] : [name])));
  const asSplits = [...named].map(splitNamed);
  const split = named.size > 0 && (asSplits.includes("train") || !asSplits.includes(undefined));
  return folders.map(([top, next]) => {
    if (!split || top === undefined) return { label: top, split: undefined };
    const part = splitNamed(top);
    return { label: part && next, split: part };
  });
}
