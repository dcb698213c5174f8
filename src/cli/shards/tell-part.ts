/** @file Tells that a part is written. */

import { dirname } from "node:path";
import type { SkippedPhoto } from "../../data/photos/photo.js";
import { counted } from "../../foundation/words.js";
import type { Job } from "../terminal/job.js";
import { note, print, printJson } from "../terminal/print.js";
import { inWords, type Shard } from "./shard.js";

export interface WrittenPart {
  readonly shard: Shard;
  /** Of its table. */
  readonly path: string;
  readonly skipped: readonly SkippedPhoto[];
  /** Images of the part, with those that were skipped. */
  readonly total: number;
}

export function tellPart(job: Job, { shard, path, skipped, total }: WrittenPart): void {
  if (job.format !== "text") {
    printJson({ part: path, shard, images: total, ...(skipped.length > 0 ? { skipped } : {}) });
    return;
  }
  print(`wrote ${path}: shard ${inWords(shard)}, ${counted(total, "image")}`);
  note(`When all ${shard.count} are there: fovea merge ${dirname(path)}`);
}
