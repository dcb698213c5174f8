/** @file Sums that do not depend on the order of what is added. */

import fc from "fast-check";
import { expect, test } from "vitest";
import { ExactSums } from "../../src/foundation/exact-sums.js";
import { permutation, random } from "../../src/foundation/random.js";

const numbers = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true, min: -512, max: 512 }), {
  minLength: 1,
  maxLength: 200,
});

/** As fractions of 2^149, of which every float32 number is a whole multiple. */
function exactly(values: readonly number[]): bigint {
  return values.reduce((sum, value) => sum + BigInt(value * 2 ** 100) * 2n ** 49n, 0n);
}

function sumOf(values: readonly number[]): number {
  const sums = new ExactSums(1);
  for (const value of values) sums.add([value]);
  return sums.totals()[0] ?? Number.NaN;
}

test("are the same in whatever order, and over whatever parts", () => {
  fc.assert(
    fc.property(numbers, fc.integer(), (values, seed) => {
      const whole = sumOf(values);
      const order = Array.from(permutation(values.length, random(seed)), (i) => values[i] as number);
      const parts = [order.slice(0, 70), order.slice(70)].map((part) => {
        const sums = new ExactSums(1);
        for (const value of part) sums.add([value]);
        return sums;
      });
      const merged = new ExactSums(1);
      for (const part of parts) for (const each of part.parts) merged.add(each);
      expect(Object.is(merged.totals()[0], whole) || merged.totals()[0] === whole).toBe(true);
    }),
  );
});

test("are within a rounding of the exact ones", () => {
  const coarse = fc.array(fc.integer({ min: -(2 ** 24), max: 2 ** 24 }), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(coarse, fc.integer({ min: -80, max: -15 }), (mantissas, exponent) => {
      const values = mantissas.map((mantissa) => mantissa * 2 ** exponent);
      const exact = Number(exactly(values)) / 2 ** 149;
      expect(Math.abs(sumOf(values) - exact)).toBeLessThanOrEqual(Math.abs(exact) * 2 ** -52);
    }),
  );
});

test("keep what a plain sum loses", () => {
  const values = [2 ** 60, ...Array<number>(1000).fill(2 ** -60), -(2 ** 60)];
  expect(values.reduce((sum, value) => sum + value, 0)).toBe(0);
  expect(sumOf(values)).toBe(1000 * 2 ** -60);
});
