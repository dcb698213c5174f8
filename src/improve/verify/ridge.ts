/** @file Ridge regression of several targets. */

import { Matrix, solve } from "ml-matrix";
import { at } from "../../foundation/present.js";

/** Weight of the ridge, relative to the mean square of the centred rows. */
const ridge = 0.1;

/**
 * Least squares with a penalty on the weights' squares (Hoerl and Kennard 1970), in the dual form: the weights are combinations of the
 * rows, so that it takes as much as there are rows, however many features. The penalty is 0.1 of the rows' mean square.
 * @param rows [n, features]; centred here
 * @param targets [n, targets]; centred here
 * @returns gives the targets of rows
 */
export function ridgeRegression(
  rows: readonly ArrayLike<number>[],
  targets: readonly ArrayLike<number>[],
): (rows: readonly ArrayLike<number>[]) => number[][] {
  const [origin, middle] = [columnMeans(rows), columnMeans(targets)];
  const x = centred(rows, origin);
  const gram = x.mmul(x.transpose());
  const penalty = Math.max((ridge * gram.trace()) / rows.length, Number.MIN_VALUE);
  const weights = x.transpose().mmul(solve(gram.add(Matrix.eye(rows.length).mul(penalty)), centred(targets, middle)));
  return (others) =>
    centred(others, origin)
      .mmul(weights)
      .to2DArray()
      .map((row) => row.map((value, k) => value + at(middle, k)));
}

function columnMeans(rows: readonly ArrayLike<number>[]): Float64Array {
  const means = new Float64Array(at(rows, 0).length);
  for (const row of rows) for (let k = 0; k < means.length; k++) means[k] = at(means, k) + at(row, k) / rows.length;
  return means;
}

function centred(rows: readonly ArrayLike<number>[], means: Float64Array): Matrix {
  return new Matrix(rows.map((row) => Array.from(row, (value, k) => value - at(means, k))));
}
