/** @file What a photo is called in reports, in protocols, and in lists of labels. */

import { dirname, relative } from "node:path";

/** A photo's path from its dataset, which is a folder, or a file in one. */
export function photoName(dataset: string, path: string): string {
  const name = relative(dataset, path);
  return name.startsWith("..") ? relative(dirname(dataset), path) : name;
}
