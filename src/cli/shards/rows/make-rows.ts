/** @file Makes the rows of a run: those of a shard become its part, those of all are told. */

import type { Columns, RowOf } from "../../../data/parquet/columns.js";
import { writeParquet } from "../../../data/parquet/write.js";
import { counted } from "../../../foundation/words.js";
import type { Job } from "../../terminal/job.js";
import { makePart } from "./make-part.js";
import { inOrder, pathOf, type RowCommand, type Told } from "./row-command.js";
import type { RowDestination } from "./row-destination.js";
import { eachRow, markedRows, type RowWork } from "./row-work.js";

/** Makes rows and tells what they say, or writes the part of a shard. @returns the exit code */
export async function runRows<Table extends Columns & { readonly path: "string" }, Same, Own, Kept, Source>(
  job: Job,
  command: RowCommand<Table, Same, Own, Kept>,
  work: RowWork<Table, Same, Own, Source>,
  destination: RowDestination,
): Promise<number> {
  const made = await makeRows(job, command, work, destination);
  return typeof made === "number" ? made : command.tell(job, made);
}

/**
 * @returns what is to be told; of a shard, whose part is written, the exit code
 * @throws FoveaError as reading, computing and writing do
 */
export async function makeRows<Table extends Columns & { readonly path: "string" }, Same, Own, Kept, Source>(
  job: Job,
  command: RowCommand<Table, Same, Own, Kept>,
  work: RowWork<Table, Same, Own, Source>,
  { shard, folder, table }: RowDestination,
): Promise<Told<Same, Own, Kept> | number> {
  if (shard) return makePart(job, command, work, { shard, folder });
  const { columns, nameOf = pathOf, keep } = command;
  const rows: RowOf<Table>[] = [];
  const skipped = await eachRow(job, work, work.sources, async (made) => {
    rows.push(...(table === undefined ? (made.rows ?? []) : await markedRows(work, made)));
    if (job.format === "jsonl" && work.describe) job.record(...work.describe(made));
  });
  if (table !== undefined && !job.interrupted) {
    await writeParquet(table, columns, rows);
    job.note(`wrote ${table}: ${counted(rows.length, "row")}`);
  }
  const own = work.ownOf(skipped);
  const named = rows.map((row) => ({ name: nameOf(row), kept: keep(row, own, work.same) }));
  return { same: work.same, owns: [own], rows: inOrder(named), tellsFailures: true };
}
