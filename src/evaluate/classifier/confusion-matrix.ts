/** @file The confusion matrix: which class is taken for which. */

import { at } from "../../foundation/present.js";
import type { Prediction } from "./predictions.js";

/** Counts of images: rows are true classes, columns predicted ones. */
export type ConfusionMatrix = readonly (readonly number[])[];

export function confusionMatrix(predictions: readonly Prediction[], classes: number): ConfusionMatrix {
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (const { label, predicted } of predictions) {
    const row = at(matrix, label);
    row[predicted] = at(row, predicted) + 1;
  }
  return matrix;
}
