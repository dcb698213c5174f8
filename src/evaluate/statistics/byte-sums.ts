/** @file Sums over parts of a list, looked up eight values at a time. */

/** A table for every eight values: their sum by the byte of their bits, the first value's the lowest. */
export type ByteSums = readonly Float64Array[];

/** Tables of Σ set(v) over the values whose bit is set, and clear(v) over the others. */
export function byteSums(
  values: readonly number[],
  set: (value: number) => number,
  clear: (value: number) => number,
): ByteSums {
  const tables: Float64Array[] = [];
  for (let first = 0; first < values.length; first += 8) {
    const eight = values.slice(first, first + 8);
    // Bits beyond the last value change nothing.
    const changes = Array.from({ length: 8 }, (_, i) => {
      const value = eight[i];
      return value === undefined ? 0 : set(value) - clear(value);
    });
    const table = new Float64Array(256).fill(eight.reduce((sum, value) => sum + clear(value), 0));
    // Each byte has the sum of the byte without its highest bit, and that bit's change.
    for (const [i, change] of changes.entries())
      for (let byte = 1 << i; byte < 2 << i; byte++) table[byte] = (table[byte - (1 << i)] as number) + change;
    tables.push(table);
  }
  return tables;
}

/** The sum of the part whose bits these are, 32 in a number. */
export function sumOfPart(tables: ByteSums, bits: ArrayLike<number>): number {
  let sum = 0;
  for (let t = 0; t < tables.length; t++) {
    const byte = ((bits[t >> 2] as number) >>> (8 * (t & 3))) & 255;
    sum += (tables[t] as Float64Array)[byte] as number;
  }
  return sum;
}
