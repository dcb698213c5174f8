/** @file The mean of measurements of images by draws, with an interval that knows of both. */

import { at } from "../../foundation/present.js";
import { random } from "../../foundation/random.js";
import type { Mean } from "../statistics/bootstrap.js";
import { studentQuantile } from "../statistics/mean-interval.js";
import { mean } from "../statistics/sums.js";

/** How often rows and columns are drawn anew. */
const resamples = 2000;

/**
 * The mean of a table with a row for each draw (of random weights) and a column for each image, with a 95 % interval from the two-level
 * bootstrap: rows are drawn anew, and columns are, and what lies in both is averaged, 2000 times (the pigeonhole bootstrap, Owen,
 * Annals of Applied Statistics 2007). Of few rows the resampled means spread too little: their deviation is widened by √(n/(n-1))
 * and taken times Student's quantile of n - 1 degrees of freedom, with n the smaller number of rows and columns (Hesterberg, The
 * American Statistician 2015). The interval is cut to [-1, 1], where similarities lie.
 * @returns null of an empty table; no interval of fewer than two rows or columns
 */
export function crossedMean(table: readonly (readonly number[])[]): Mean | null {
  const [rows, columns] = [table.length, table[0]?.length ?? 0];
  if (rows === 0 || columns === 0) return null;
  const overall = mean(table.map(mean));
  const fewest = Math.min(rows, columns);
  if (fewest < 2) return { count: columns, mean: overall, low: null, high: null };
  const means = resampledMeans(table, rows, columns);
  const centre = mean(means);
  const variance = mean(means.map((value) => (value - centre) ** 2)) * (fewest / (fewest - 1));
  const reach = studentQuantile(fewest - 1) * Math.sqrt(variance);
  return { count: columns, mean: overall, low: Math.max(-1, overall - reach), high: Math.min(1, overall + reach) };
}

function resampledMeans(table: readonly (readonly number[])[], rows: number, columns: number): number[] {
  const source = random("crossed").fork("bootstrap");
  const values = Float64Array.from(table.flat());
  const rowSums = new Float64Array(rows);
  return Array.from({ length: resamples }, () => {
    rowSums.fill(0);
    for (let i = 0; i < columns; i++) {
      const column = source.below(columns);
      for (let row = 0; row < rows; row++) rowSums[row] = at(rowSums, row) + at(values, row * columns + column);
    }
    let total = 0;
    for (let i = 0; i < rows; i++) total += at(rowSums, source.below(rows));
    return total / (rows * columns);
  });
}
