/** @file The order of values by size. */

/** Indices of the values, the largest first. */
export function ranked(values: Float32Array): number[] {
  return [...values.keys()].sort((a, b) => (values[b] as number) - (values[a] as number));
}
