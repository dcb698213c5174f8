/** @file Values in order of size. */

/** Indices of the values, the largest first. */
export function rankIndices(values: Float32Array): number[] {
  return [...values.keys()].sort((a, b) => (values[b] as number) - (values[a] as number));
}
