/** @file The table of a row for each picture, written beside the pictures. */

import { writeParquet } from "../../../data/parquet/write.js";
import { counted } from "../../../foundation/words.js";
import type { Job } from "../../terminal/job.js";
import type { Result } from "../result/result.js";
import { type ExplainRow, explainColumns } from "./explain-command.js";
import { type ExplainedRows, explanationRows } from "./explanation-rows.js";

export class ExplainedTable {
  readonly #path: string;
  readonly #told: ExplainedRows;
  readonly #rows: ExplainRow[] = [];

  constructor(path: string, told: ExplainedRows) {
    this.#path = path;
    this.#told = told;
  }

  /** Adds the rows of an input; see `explanationRows`. */
  add(result: Result, written: readonly (readonly string[])[], input: number): void {
    this.#rows.push(...explanationRows(this.#told, result, written, input));
  }

  async write(job: Job): Promise<void> {
    await writeParquet(this.#path, explainColumns, this.#rows);
    job.note(`wrote ${this.#path}: ${counted(this.#rows.length, "row")}`);
  }
}
