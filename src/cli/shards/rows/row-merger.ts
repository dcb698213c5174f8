/** @file Puts the rows of parts together. */

import type { Columns } from "../../../data/parquet/columns.js";
import { readParquet } from "../../../data/parquet/read.js";
import { FoveaError } from "../../../foundation/error.js";
import type { MergeFlags, Merger } from "../../merge/merger.js";
import type { Job } from "../../terminal/job.js";
import type { Part } from "../part-files.js";
import { inOrder, type NamedRow, pathOf, type RowCommand, type Told } from "./row-command.js";

/** Tells what all parts say together. */
export function rowMerger<Table extends Columns & { readonly path: "string" }, Same, Own, Kept>(
  command: RowCommand<Table, Same, Own, Kept>,
): Merger {
  return {
    columns: command.columns,
    async merge(job, parts, flags) {
      checkFlags(command.name, flags);
      return command.tell(job, { ...(await rowsOf(job, command, parts)), tellsFailures: flags.tellsFailures });
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

async function rowsOf<Table extends Columns & { readonly path: "string" }, Same, Own, Kept>(
  job: Job,
  { columns, isSame, isOwn, nameOf = pathOf, keep }: RowCommand<Table, Same, Own, Kept>,
  parts: readonly [Part, ...Part[]],
): Promise<Omit<Told<Same, Own, Kept>, "tellsFailures">> {
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
        rows.push({ name: nameOf(row), kept: keep(row, own, same) });
      onProgress(done + 1, parts.length);
    }
  });
  return { same, owns, rows: inOrder(rows) };
}

function notOurs({ path, header }: Part): FoveaError {
  return new FoveaError("bad-file", `${path}: header: expected that of ${header.command}, got another`);
}
