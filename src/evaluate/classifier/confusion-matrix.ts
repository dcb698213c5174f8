/** @file The confusion matrix: which class is taken for which. */

import type { Prediction } from "./predictions.js";

/** Counts of images: rows are true classes, columns predicted ones. */
export type ConfusionMatrix = readonly (readonly number[])[];

export function confusionMatrix(predictions: readonly Prediction[], classes: number): ConfusionMatrix {
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (const { label, predicted } of predictions) {
    const row = matrix[label] as number[];
    row[predicted] = (row[predicted] as number) + 1;
  }
  return matrix;
}
