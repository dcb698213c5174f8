/** @file What a command that makes rows tells from them: the same of one run as of parts. */

import type { Columns, RowOf } from "../../../data/parquet/columns.js";
import type { SkippedPhoto } from "../../../data/photos/photo.js";
import type { Job, Outcome } from "../../terminal/job.js";
import type { Skipped } from "./skipped.js";

/** All that there is to tell. */
export interface Told<Same, Own, Kept> {
  /** What all parts have in common. */
  readonly same: Same;
  /** What each part adds; of a run without shards there is one. */
  readonly owns: readonly Own[];
  /** In the order of their names. */
  readonly rows: readonly Kept[];
  /** Whether the images that failed are still to be told. */
  readonly tellsFailures: boolean;
}

export interface RowCommand<Table extends Columns, Same, Own, Kept> {
  /** As headers of parts call it. */
  readonly name: string;
  readonly columns: Table;
  /** Of headers: both guards. */
  readonly isSame: (value: unknown) => value is Same;
  readonly isOwn: (value: unknown) => value is Own;
  /** What orders rows. Default their paths. */
  readonly nameOf?: (row: RowOf<Table>) => string;
  /** What telling needs of a row: rows of all parts are in memory. */
  keep(row: RowOf<Table>, own: Own, same: Same): Kept;
  /** @returns the exit code */
  tell(job: Job, told: Told<Same, Own, Kept>): number;
}

/** Tells of the images that have no rows, unless workers have. @param of what they are, e.g. `photos skipped` */
export function endOfSkipped(
  job: Job,
  { skipped, total }: Skipped,
  { tellsFailures, of = "photos skipped" }: { readonly tellsFailures: boolean; readonly of?: string },
): Outcome {
  if (!tellsFailures) return { partly: skipped.length > 0 };
  job.fail(...failuresOf(skipped));
  return { failed: `of ${total} ${of}` };
}

export function failuresOf(skipped: readonly SkippedPhoto[]): string[] {
  return skipped.map(({ path, reason }) => `${path}: ${reason}`);
}

/** Rows with what orders them. */
export interface NamedRow<Kept> {
  readonly name: string;
  readonly kept: Kept;
}

export function pathOf({ path }: { readonly path?: string | undefined }): string {
  return path ?? "";
}

/** By names; rows of one name stay in their order. */
export function inOrder<Kept>(rows: NamedRow<Kept>[]): Kept[] {
  return rows.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)).map(({ kept }) => kept);
}
