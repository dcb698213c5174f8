/** @file Solves systems of linear equations with a symmetric positive definite matrix. */

import { at } from "./present.js";

/**
 * X of A X = B by Cholesky's decomposition, with about n³/3 + 2 n² m operations.
 * @param a [n, n] row by row, symmetric and positive definite
 * @param b [n, m] row by row
 * @throws Error `internal:` where A is not positive definite
 */
export function solveCholesky(a: Float64Array, b: Float64Array): Float64Array {
  const n = Math.round(Math.sqrt(a.length));
  const lower = decomposed(a, n);
  const m = b.length / n;
  const x = b.slice();
  const row = (i: number) => x.subarray(i * m, (i + 1) * m);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) addTimes(row(i), row(j), -at(lower, i * n + j));
    scale(row(i), 1 / at(lower, i * n + i));
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let j = i + 1; j < n; j++) addTimes(row(i), row(j), -at(lower, j * n + i));
    scale(row(i), 1 / at(lower, i * n + i));
  }
  return x;
}

/** L of A = L Lᵀ. */
function decomposed(a: Float64Array, n: number): Float64Array {
  const lower = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let left = at(a, i * n + j);
      for (let k = 0; k < j; k++) left -= at(lower, i * n + k) * at(lower, j * n + k);
      if (i !== j) lower[i * n + j] = left / at(lower, j * n + j);
      else if (left > 0) lower[i * n + i] = Math.sqrt(left);
      else throw new Error("internal: a matrix is not positive definite");
    }
  return lower;
}

function addTimes(to: Float64Array, from: Float64Array, factor: number): void {
  for (let k = 0; k < to.length; k++) to[k] = (to[k] ?? 0) + factor * (from[k] ?? 0);
}

function scale(values: Float64Array, factor: number): void {
  for (let k = 0; k < values.length; k++) values[k] = (values[k] ?? 0) * factor;
}
