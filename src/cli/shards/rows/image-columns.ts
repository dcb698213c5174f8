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

/**
 * @param classes names of the model's classes
 * @param label the model's index of the image's label; undefined where it has none
 */
export function imageRow(
  image: KnownImage,
  classes: readonly string[],
  scores: Float32Array,
  label: number | undefined,
): ImageRow {
  const predicted = indexOfLargest(scores);
  return {
    ...image,
    predicted: classes[predicted] ?? String(predicted),
    confidence: scores[predicted],
    probability_of_label: label === undefined ? undefined : scores[label],
    scores,
  };
}

/** The first of several. */
export function indexOfLargest(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (at(values, i) > at(values, best)) best = i;
  return best;
}
