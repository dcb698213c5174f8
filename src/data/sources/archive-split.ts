/** @file The split that the name of an archive tells: `train-00000-of-00004.parquet`, `val/000.tar`. */

import type { Split } from "../photos/photo.js";
import { parseSplit } from "../photos/split-names.js";

/** That of the file's own name, else of the folder nearest to it. */
export function splitOfArchive(name: string): Split | undefined {
  const [file = "", ...folders] = name.split("/").reverse();
  const stem = file.replace(/\..*$/, "").replace(/[-_.]?\d+([-_.]of[-_.]\d+)?$/i, "");
  for (const each of [stem, ...folders]) {
    const split = parseSplit(each);
    if (split !== undefined) return split;
  }
  return undefined;
}
