/** @file The columns that the tables of all commands have: what an image is, and what the model says of it. */

import type { Columns, RowOf } from "../../../data/parquet/columns.js";
import { at } from "../../../foundation/present.js";

export const imageColumns = {
  /** Its path within the dataset. */
  path: "string",
  label: "string",
  split: "string",
  predicted: "string",
  confidence: "float32",
  probability_of_label: "float32",
  /** Of each class of the model. */
  scores: "float32[]",
  sha256: "string",
  near_hash: "string",
} as const satisfies Columns;

export type ImageRow = RowOf<typeof imageColumns>;

/** What is known of an image before a model sees it. */
export type KnownImage = Pick<ImageRow, "path" | "label" | "split">;

export interface RowModel {
  /** The names of its classes. */
  readonly nameOf: (index: number) => string;
  /** Its index of the image's label; undefined where it has none. */
  readonly label: number | undefined;
  /** The class that it predicts. Default that of the highest score. */
  readonly predicted?: number | undefined;
}

export function imageRow(image: KnownImage, { nameOf, label, predicted }: RowModel, scores: Float32Array): ImageRow {
  const best = predicted ?? indexOfLargest(scores);
  return {
    ...image,
    predicted: nameOf(best),
    confidence: scores[best],
    probability_of_label: label === undefined ? undefined : scores[label],
    scores,
  };
}

/** The first of several. */
function indexOfLargest(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (at(values, i) > at(values, best)) best = i;
  return best;
}
