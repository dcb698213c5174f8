/** @file Sums of many float32 numbers that come out the same in whatever order, and over whatever parts, they are added. */

import { at } from "./present.js";

/**
 * A list of sums, each held as three numbers whose exact total it is (error-free addition: Knuth, "The Art of Computer Programming",
 * volume 2, section 4.2.2). Exact for float32 numbers whose sums stay below 2^10 times 2^149 of the least of them.
 */
export class ExactSums {
  /** The parts of each sum, large to small; plain data to be stored. */
  readonly parts: readonly [Float64Array, Float64Array, Float64Array];

  constructor(length: number) {
    this.parts = [new Float64Array(length), new Float64Array(length), new Float64Array(length)];
  }

  get length(): number {
    return this.parts[0].length;
  }

  /** Adds a number to each sum. */
  add(values: ArrayLike<number>): void {
    const [first, second, third] = this.parts;
    for (let i = 0; i < first.length; i++) {
      let rest = addTo(first, i, values[i] as number);
      if (rest !== 0) rest = addTo(second, i, rest);
      if (rest !== 0) addTo(third, i, rest);
    }
  }

  /** The sums, each rounded once. */
  totals(): Float64Array {
    const [first, second, third] = this.parts;
    return first.map((_, i) => {
      // Small ones first: what they add up to may round the large one.
      const low = at(second, i) + at(third, i);
      return at(first, i) + low;
    });
  }
}

/** @returns what was lost by rounding */
function addTo(sums: Float64Array, i: number, value: number): number {
  const before = sums[i] as number;
  const sum = before + value;
  sums[i] = sum;
  const added = sum - before;
  return before - (sum - added) + (value - added);
}
