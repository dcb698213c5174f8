/** @file The tables of all parts as one. */

import type { Columns } from "../../data/parquet/columns.js";
import { readParquet } from "../../data/parquet/read.js";
import { writeParquet } from "../../data/parquet/write.js";
import type { Part } from "../shards/part-files.js";
import type { Job } from "../terminal/job.js";

/** Writes one table with the rows of all parts, in the order of the parts. @returns how many rows */
export async function mergeTables(
  job: Job,
  parts: readonly [Part, ...Part[]],
  columns: Columns,
  out: string,
): Promise<number> {
  let rows = 0;
  await job.stage("reading parts", async (onProgress) => {
    async function* rowsOfAll() {
      for (const [done, { path }] of parts.entries()) {
        for await (const row of readParquet(path, columns)) {
          rows++;
          yield row;
        }
        onProgress(done + 1, parts.length);
      }
    }
    await writeParquet(out, columns, rowsOfAll());
  });
  return rows;
}
