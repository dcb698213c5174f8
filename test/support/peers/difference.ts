/** @file How far an array is from another. */

/** The largest difference, relative to the other's largest magnitude; NaN for another length. */
export function difference(ours: Float32Array, theirs: Float32Array): number {
  if (ours.length !== theirs.length) return Number.NaN;
  const largest = theirs.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return ours.reduce((most, value, i) => Math.max(most, Math.abs(value - (theirs[i] as number))), 0) / largest;
}
