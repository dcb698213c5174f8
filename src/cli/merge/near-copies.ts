/** @file Writes the near copies among the images of all parts, by the hashes in their tables. */

import type { Columns } from "../../data/parquet/columns.js";
import { readParquet } from "../../data/parquet/read.js";
import { type NearPairs, nearPairs } from "../../data/photos/copies/near-pairs.js";
import { writeFileAtomically } from "../../files/atomic.js";
import { csvLine } from "../../files/csv.js";
import { at } from "../../foundation/present.js";
import { counted } from "../../foundation/words.js";
import type { Part } from "../shards/part-files.js";
import type { Job } from "../terminal/job.js";
import { note } from "../terminal/print.js";

/** What of a table tells images and their copies. */
const columns = { path: "string", label: "string", split: "string", near_hash: "string" } as const satisfies Columns;

interface MarkedImage {
  readonly path: string;
  readonly label: string;
  readonly split: string;
}

/** Pairs beyond these are of no use to anybody. */
const mostPairs = 100_000;

export async function writeNearCopies(job: Job, parts: readonly Part[], out: string): Promise<void> {
  const images: MarkedImage[] = [];
  const hashes: Uint8Array[] = [];
  await job.stage("reading hashes", async (onProgress) => {
    for (const [done, part] of parts.entries()) {
      let last: string | undefined;
      for await (const { path = "", label = "", split = "", near_hash } of readParquet(part.path, columns)) {
        // An image has a row for each model.
        if (near_hash === undefined || path === last) continue;
        last = path;
        images.push({ path, label, split });
        hashes.push(Buffer.from(near_hash, "hex"));
      }
      onProgress(done + 1, parts.length);
    }
  });
  const found = nearPairs(hashes, { most: mostPairs });
  await writeFileAtomically(out, pairsAsCsv(found, images));
  const more = found.isCut ? ", and there are more" : "";
  note(
    `wrote ${out}: ${counted(found.pairs.length, "pair")} of near copies among ${counted(images.length, "image")}${more}`,
  );
}

function pairsAsCsv({ pairs }: NearPairs, images: readonly MarkedImage[]): string {
  const rows = pairs.map(({ a, b, distance }) => {
    const [first, second] = [at(images, a), at(images, b)];
    return [first.path, second.path, String(distance), first.label, second.label, first.split, second.split];
  });
  const head = ["path_a", "path_b", "bits", "label_a", "label_b", "split_a", "split_b"];
  return `${[head, ...rows].map(csvLine).join("\r\n")}\r\n`;
}
