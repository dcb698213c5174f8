/** @file Systems of linear equations. */

import { expect, it } from "vitest";
import { solveCholesky } from "../../src/foundation/cholesky.js";
import { random } from "../../src/foundation/random.js";

it("solves systems whose matrix is positive definite, for several right sides", () => {
  const source = random("cholesky");
  for (const [n, m] of [
    [1, 1],
    [4, 3],
    [30, 2],
  ] as const) {
    const half = Array.from({ length: n }, () => Array.from({ length: n }, () => source.normal()));
    const product = (i: number, j: number) =>
      (half[i] ?? []).reduce((sum, value, k) => sum + value * (half[j]?.[k] ?? 0), 0);
    const a = Float64Array.from(
      { length: n * n },
      (_, k) => product(Math.floor(k / n), k % n) + (k % (n + 1) === 0 ? 1 : 0),
    );
    const x = Float64Array.from({ length: n * m }, () => source.normal());
    const b = Float64Array.from({ length: n * m }, (_, k) => {
      const [i, column] = [Math.floor(k / m), k % m];
      return Array.from({ length: n }, (_, j) => (a[i * n + j] ?? 0) * (x[j * m + column] ?? 0)).reduce(
        (p, q) => p + q,
        0,
      );
    });
    const kept = a.slice();
    solveCholesky(a, b).forEach((value, i) => expect(value).toBeCloseTo(x[i] as number, 9));
    expect(a).toEqual(kept);
  }
});

it("refuses a matrix that is not positive definite", () => {
  expect(() => solveCholesky(Float64Array.of(1, 2, 2, 1), Float64Array.of(1, 1))).toThrow(/^internal: a matrix is not/);
});
