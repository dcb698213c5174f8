/** @file How far a map whose weights average over places agrees with the exact one. */

/** A map beside the exact one of the same class, image and layer. */
export interface Agreement {
  /** Pearson's correlation of the evidence of both before the ReLU, -1 to 1; undefined where either is the same everywhere. */
  readonly correlation: number | undefined;
  /** The share of the map on places whose exact evidence is not positive, 0 to 1; 0 for a blank map. */
  readonly misplaced: number;
}

/**
 * @param evidence of a map, before the ReLU
 * @param exact of each place by its own gradient
 * @returns undefined where the exact evidence is zero everywhere: nothing can be compared
 */
export function agreementOf(evidence: ArrayLike<number>, exact: ArrayLike<number>): Agreement | undefined {
  const pairs = Array.from(evidence, (value, i) => [value, exact[i] ?? 0] as const);
  if (pairs.every(([, value]) => value === 0)) return undefined;
  let [shown, beside] = [0, 0];
  for (const [value, own] of pairs) {
    shown += Math.max(0, value);
    if (own <= 0) beside += Math.max(0, value);
  }
  return { correlation: correlationOf(evidence, exact), misplaced: shown > 0 ? beside / shown : 0 };
}

/** Pearson's correlation of two lists of one length; undefined where either is the same everywhere, or holds what is no number. */
export function correlationOf(a: ArrayLike<number>, b: ArrayLike<number>): number | undefined {
  const [x, y] = [centred(a), centred(b)];
  const product = (u: Float64Array, v: Float64Array) => u.reduce((sum, value, i) => sum + value * (v[i] as number), 0);
  const size = Math.sqrt(product(x, x) * product(y, y));
  // Rounding must not carry a perfect agreement beyond its bound.
  return size > 0 && Number.isFinite(size) ? Math.max(-1, Math.min(1, product(x, y) / size)) : undefined;
}

function centred(values: ArrayLike<number>): Float64Array {
  const all = Float64Array.from(values);
  const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
  return all.map((value) => value - mean);
}
