/** @file Classes and splits as the names of folders tell them. */

import { parseSplit, type Split } from "./photo.js";

/** The class and split of an image by the folders above it. */
export interface Place {
  readonly label: string | undefined;
  readonly split: Split | undefined;
}

/**
 * Reads `train/cat/1.jpg` and `cat/1.jpg`, also inside of folders that hold everything; images deeper in a class's folder are
 * of that class. The uppermost folders are splits where one of them is called `train`, or all are called like a split.
 * @param paths of images, with forward slashes
 */
export function placesOf(paths: readonly string[]): Place[] {
  let folders = paths.map((path) => path.split("/").slice(0, -1));
  for (let top = folders[0]?.[0]; top !== undefined && parseSplit(top) === undefined; top = folders[0]?.[0]) {
    if (!folders.every(([name, ...rest]) => name === top && rest.length > 0)) break;
    folders = folders.map(([, ...rest]) => rest);
  }
  const topNames = new Set(folders.flatMap(([name]) => (name === undefined ? [] : [name])));
  const topSplits = [...topNames].map(parseSplit);
  const areSplits = topNames.size > 0 && (topSplits.includes("train") || !topSplits.includes(undefined));
  return folders.map(([top, next]) => {
    if (!areSplits || top === undefined) return { label: top, split: undefined };
    const part = parseSplit(top);
    return { label: part && next, split: part };
  });
}
