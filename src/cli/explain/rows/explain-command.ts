/** @file The rows of explanations, and what they tell together. */

import type { RowOf } from "../../../data/parquet/columns.js";
import type { SkippedPhoto } from "../../../data/photos/photo.js";
import { isObject } from "../../../foundation/check.js";
import { FoveaError } from "../../../foundation/error.js";
import { parseJson } from "../../../foundation/parse-json.js";
import { imageColumns } from "../../shards/rows/image-columns.js";
import { endOfSkipped, failuresOf, type RowCommand, type Told } from "../../shards/rows/row-command.js";
import { hasSameFacts, type SameFacts } from "../../shards/rows/same-facts.js";
import type { Job } from "../../terminal/job.js";
import { printJson, printLines } from "../../terminal/print.js";

export const explainColumns = {
  ...imageColumns,
  /** The place of the input among all, and of a picture in one that holds several. */
  input: "int32",
  picture: "int32",
  /** The class that was explained, of several the first one; the others are in the details. */
  explained: "string",
  probability: "float32",
  score: "float32",
  /** The highest value of the map, and its place in the image from the left and from the top, 0 to 1. */
  map_peak: "float64",
  peak_x: "float64",
  peak_y: "float64",
  /** Shares of the evidence on the border and in the corners, and the share of the places that hold half of it; as in reports. */
  evidence_border: "float64",
  evidence_corners: "float64",
  evidence_half: "float64",
  /** What fovea explain --json tells of the picture, and its lines on the screen, as JSON. */
  details: "string",
} as const;

export type ExplainRow = RowOf<typeof explainColumns>;

/** What an explanation tells. */
export interface ExplainDetails {
  /** For programs. */
  readonly result: unknown;
  /** For people. */
  readonly lines: readonly string[];
  /** It was read from an array: nothing was assumed. */
  readonly isArray: boolean;
}

export interface ExplainSame extends SameFacts {
  readonly layer: string;
  readonly method: string;
  readonly against: boolean;
  /** How many inputs there are. */
  readonly total: number;
  /** Lines before those of all images: of pictures, and of arrays. */
  readonly lines: { readonly pictures: readonly string[]; readonly arrays: readonly string[] };
}

export interface ExplainOwn {
  readonly images: number;
  readonly skipped: readonly SkippedInput[];
}

export interface SkippedInput extends SkippedPhoto {
  /** The place among all inputs. */
  readonly input: number;
}

export const explainCommand: RowCommand<typeof explainColumns, ExplainSame, ExplainOwn, ExplainDetails> = {
  name: "explain",
  columns: explainColumns,
  isSame: (value): value is ExplainSame => hasSameFacts(value) && "lines" in value && "against" in value,
  isOwn: (value): value is ExplainOwn => isObject(value) && Array.isArray(value.skipped),
  nameOf: ({ input = 0 }) => String(input).padStart(10, "0"),
  keep: ({ details = "" }) => detailsFrom(details),
  tell,
};

function detailsFrom(text: string): ExplainDetails {
  const value: unknown = parseJson(text);
  if (isObject(value) && Array.isArray(value.lines))
    return { result: value.result, lines: value.lines.map(String), isArray: value.isArray === true };
  throw new FoveaError("bad-file", "details: expected what an explanation tells, got something else");
}

function tell(job: Job, { same, owns, rows, tellsFailures }: Told<ExplainSame, ExplainOwn, ExplainDetails>): number {
  const { model, layer, method, against, total, lines } = same;
  const skipped = owns.flatMap((own) => own.skipped).sort((a, b) => a.input - b.input);
  if (job.format === "json") {
    const head = { model: model.path, ...model.recipe, layer, method, against };
    printJson({ ...head, results: rows.map(({ result }) => result), failures: failuresOf(skipped) });
  } else {
    const [first] = rows;
    if (first) printLines(first.isArray ? lines.arrays : lines.pictures);
    for (const each of rows) printLines(each.lines);
  }
  return job.end(endOfSkipped(job, { skipped, total }, { tellsFailures, of: "inputs failed" }));
}
