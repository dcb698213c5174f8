/** @file Makes the rows of a shard, a log of them beside its part until that is whole. */

import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { Columns, RowOf } from "../../../data/parquet/columns.js";
import { FoveaError } from "../../../foundation/error.js";
import { count, counted } from "../../../foundation/words.js";
import { failPhotos } from "../../inputs/datasets.js";
import { fingerprint } from "../../inputs/identity.js";
import type { Job } from "../../terminal/job.js";
import { partName, writePart } from "../part-files.js";
import { openResultLog, type ResultLog } from "../result-log.js";
import type { Shard } from "../shard.js";
import { tellPart } from "../tell-part.js";
import type { RowCommand } from "./row-command.js";
import { rowsForm } from "./row-form.js";
import { eachRow, markedRows, type RowWork } from "./row-work.js";

/** @returns the exit code @throws FoveaError as reading, computing and writing do */
export async function makePart<Table extends Columns, Same, Own, Kept, Source>(
  job: Job,
  { name, columns }: Pick<RowCommand<Table, Same, Own, Kept>, "name" | "columns">,
  work: RowWork<Table, Same, Own, Source>,
  { shard, folder }: { readonly shard: Shard; readonly folder: string },
): Promise<number> {
  const { same, sources } = work;
  const unfinished = `${join(folder, partName(shard))}.partial`;
  const log = await openResultLog(unfinished, rowsForm(columns));
  const keys = keysOf(name, work);
  const keyOf = (source: Source) => keys.get(source) ?? "";
  const left = sources.filter((source) => !log.has(keyOf(source)));
  const before = sources.length - left.length;
  if (before > 0) job.note(`${count(before)} of ${counted(sources.length, "image")} were done before; going on`);
  const without = new Set<Source>();
  let done = before;
  const skipped = await eachRow(job, work, left, async (made) => {
    if (made.skipped) without.add(made.source);
    else await log.put(keyOf(made.source), await markedRows(work, made));
    done++;
  });
  if (job.interrupted) {
    const stopped = `stopped after ${count(done)} of ${counted(sources.length, "image")}: run it again to go on`;
    return job.end({ stopped: `fovea: ${stopped}` });
  }
  const own = work.ownOf(skipped);
  const written = sources.filter((source) => !without.has(source)).map(keyOf);
  const path = await writePart(folder, {
    ...{ command: name, shard, columns, same, own },
    rows: rowsOf(log, written, unfinished),
  });
  await log.remove();
  const told = work.skippedOf(own);
  tellPart(job, { shard, path, ...told });
  return job.end(failPhotos(job, told.skipped, told.total));
}

/** What each image's rows are kept under. Those of images that may change unnoticed are of this run alone. */
function keysOf<Table extends Columns, Same, Own, Source>(
  name: string,
  { same, sources, identityOf }: RowWork<Table, Same, Own, Source>,
): Map<Source, string> {
  const settings = fingerprint(name, same);
  const run = randomUUID();
  return new Map(sources.map((source, i) => [source, fingerprint(settings, identityOf(source) ?? [run, i])]));
}

function* rowsOf<Table extends Columns>(
  log: ResultLog<readonly RowOf<Table>[]>,
  keys: readonly string[],
  path: string,
): Generator<RowOf<Table>> {
  for (const key of keys) {
    const rows = log.get(key);
    if (rows === undefined) {
      const got = "another file, as where two runs of one shard end at once";
      throw new FoveaError("bad-file", `${path}: expected the rows found so far, got ${got}: run it again`);
    }
    yield* rows;
  }
}
