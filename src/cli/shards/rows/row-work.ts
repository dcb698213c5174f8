/** @file How the rows of a run come about, image by image. */

import type { Columns, RowOf } from "../../../data/parquet/columns.js";
import type { SkippedPhoto } from "../../../data/photos/photo.js";
import type { Job, OnProgress } from "../../terminal/job.js";
import type { Marks } from "../image-marks.js";
import type { Skipped } from "./skipped.js";

/** The rows of an image, or why there are none. */
export type MadeRows<Table extends Columns, Source> =
  | { readonly source: Source; readonly rows: readonly RowOf<Table>[]; readonly skipped?: undefined }
  | { readonly source: Source; readonly skipped: SkippedPhoto; readonly rows?: undefined };

export interface RowWork<Table extends Columns, Same, Own, Source> {
  /** The work, e.g. `classifying`. */
  readonly what: string;
  readonly same: Same;
  /** The images of this run, in the order of their names. */
  readonly sources: readonly Source[];
  /** What a row depends on besides what is the same for all; undefined for an image that may change unnoticed. */
  identityOf(source: Source): readonly unknown[] | undefined;
  make(sources: readonly Source[], onProgress: OnProgress): AsyncIterable<MadeRows<Table, Source>>;
  /** What tells an image and its near copies, for the table. Default nothing. */
  marksOf?(source: Source): Promise<Partial<Marks>>;
  /** An image for programs, printed as it comes. Default nothing is. */
  describe?(made: MadeRows<Table, Source>): readonly unknown[];
  /** @param skipped images of `sources` that have no row */
  ownOf(skipped: readonly SkippedPhoto[]): Own;
  /** Of what `ownOf` gave. */
  skippedOf(own: Own): Skipped;
}

/** Rows as a table has them, with the marks of their image. */
export async function markedRows<Table extends Columns, Same, Own, Source>(
  { marksOf }: Pick<RowWork<Table, Same, Own, Source>, "marksOf">,
  { source, rows = [] }: MadeRows<Table, Source>,
): Promise<readonly RowOf<Table>[]> {
  const marks = await marksOf?.(source);
  return marks ? rows.map((row) => ({ ...row, ...marks })) : rows;
}

/** Makes rows until they end, or Ctrl-C stops that. @returns the images that have none */
export async function eachRow<Table extends Columns, Same, Own, Source>(
  job: Job,
  { what, make }: Pick<RowWork<Table, Same, Own, Source>, "what" | "make">,
  sources: readonly Source[],
  onMade: (made: MadeRows<Table, Source>) => Promise<void> | void,
): Promise<readonly SkippedPhoto[]> {
  const skipped: SkippedPhoto[] = [];
  await job.each(
    { what, total: sources.length },
    (onProgress) => make(sources, onProgress),
    async (made) => {
      if (made.skipped) skipped.push(made.skipped);
      await onMade(made);
      return undefined;
    },
  );
  return skipped;
}
