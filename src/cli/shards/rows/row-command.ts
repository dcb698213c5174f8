/** @file What a command that makes rows tells from them: the same of one run as of parts. */

import type { Columns, RowOf } from "../../../data/parquet/columns.js";
import { readParquet } from "../../../data/parquet/read.js";
import { FoveaError } from "../../../foundation/error.js";
import type { MergeFlags, Merger } from "../../merge/mergers.js";
import type { Job } from "../../terminal/job.js";
import type { Part } from "../part-files.js";

/** All that there is to tell. */
export interface Told<Same, Own, Kept> {
  /** What all parts have in common. */
  readonly same: Same;
  /** What each part adds; of a run without shards there is one. */
  readonly owns: readonly Own[];
  /** In the order of their names. */
  readonly rows: readonly Kept[];
}

export interface RowCommand<Table extends Columns, Same, Own, Kept> {
  /** As headers of parts call it. */
  readonly name: string;
  readonly columns: Table;
  /** Of headers: both guards. */
  readonly isSame: (value: unknown) => value is Same;
  readonly isOwn: (value: unknown) => value is Own;
  /** What telling needs of a row: rows of all parts are in memory. */
  keep(row: RowOf<Table>, own: Own, same: Same): Kept;
  /** @returns the exit code */
  tell(job: Job, told: Told<Same, Own, Kept>): number;
}

/** Rows with what orders them. */
export interface NamedRow<Kept> {
  readonly name: string;
  readonly kept: Kept;
}

/** By names; rows of one name stay in their order. */
export function inOrder<Kept>(rows: NamedRow<Kept>[]): Kept[] {
  return rows.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)).map(({ kept }) => kept);
}

/** Tells what all parts say together. */
export function rowMerger<Table extends Columns & { readonly path: "string" }, Same, Own, Kept>(
  command: RowCommand<Table, Same, Own, Kept>,
): Merger {
  return {
    columns: command.columns,
    async merge(job, parts, flags) {
      checkFlags(command.name, flags);
      return command.tell(job, await toldOf(job, command, parts));
    },
  };
}

/** @throws FoveaError `bad-input` for what only reports have */
function checkFlags(name: string, { out, title, labelQueue }: MergeFlags): void {
  const refused = (flag: string) =>
    new FoveaError("bad-input", `${flag}: expected parts of report, got those of ${name}`);
  if (out !== undefined)
    throw new FoveaError("bad-input", `--out: expected a table (.parquet) for the rows of ${name}, got ${out}`);
  if (title !== undefined) throw refused("--title");
  if (labelQueue !== undefined) throw refused("--label-queue");
}

async function toldOf<Table extends Columns & { readonly path: "string" }, Same, Own, Kept>(
  job: Job,
  { columns, isSame, isOwn, keep }: RowCommand<Table, Same, Own, Kept>,
  parts: readonly [Part, ...Part[]],
): Promise<Told<Same, Own, Kept>> {
  const rows: NamedRow<Kept>[] = [];
  const owns: Own[] = [];
  const { same } = parts[0].header;
  if (!isSame(same)) throw notOurs(parts[0]);
  await job.stage("reading parts", async (onProgress) => {
    for (const [done, part] of parts.entries()) {
      const { own } = part.header;
      if (!isOwn(own)) throw notOurs(part);
      owns.push(own);
      for await (const row of readParquet(part.path, columns))
        rows.push({ name: String(row.path), kept: keep(row, own, same) });
      onProgress(done + 1, parts.length);
    }
  });
  return { same, owns, rows: inOrder(rows) };
}

function notOurs({ path, header }: Part): FoveaError {
  return new FoveaError("bad-file", `${path}: header: expected that of ${header.command}, got another`);
}
