/** @file What a command makes of the parts that it wrote. */

import type { Columns } from "../../data/parquet/columns.js";
import type { Part } from "../shards/part-files.js";
import type { Job } from "../terminal/job.js";

export interface MergeFlags {
  /** A report, or the table of all rows as `.parquet`. */
  readonly out?: string;
  readonly title?: string;
  readonly labelQueue?: string;
  readonly nearCopies?: string;
  readonly json?: boolean;
}

export interface MergeOptions {
  /** Whether the images that failed are told again. */
  readonly tellsFailures: boolean;
  /** Whether all is told that a run tells, where a table is written as well. */
  readonly tellsBesideTable: boolean;
}

export interface Merger {
  /** Of the table of a part. */
  readonly columns: Columns;
  /** Tells, or writes, what all parts make together. @returns the exit code */
  merge(job: Job, parts: readonly [Part, ...Part[]], flags: MergeFlags & MergeOptions): Promise<number>;
}
