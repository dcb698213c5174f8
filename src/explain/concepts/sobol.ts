/** @file Total Sobol indices: how much of a score's variance each of some parts has a hand in, with all others. */

import { float32, type Tensor } from "../../onnx/tensor.js";

/** A design of `points` points for each of K parts: those of A first, then for each part those of A with its column of B. */
export interface SobolDesign {
  readonly points: number;
  /** float32 [points (K + 1), K], each number from 0 to 1. */
  readonly masks: Tensor;
}

/**
 * The replicated design of Fel et al., "CRAFT", CVPR 2023, section 3.3: A and B are the halves of a Halton sequence of 2K
 * dimensions, from its first point on, as in the authors' code. B itself is left out, as the total indices don't read it.
 * @param count K
 */
export function sobolDesign(count: number, points: number): SobolDesign {
  const bases = primes(2 * count);
  const sequence = bases.map((base) => Array.from({ length: points }, (_, i) => radicalInverse(i, base)));
  const rows: number[] = [];
  for (let part = -1; part < count; part++)
    for (let i = 0; i < points; i++)
      for (let k = 0; k < count; k++) rows.push(sequence[k === part ? count + k : k]?.[i] ?? 0);
  return { points, masks: float32([points * (count + 1), count], rows) };
}

/**
 * The total indices by Jansen's estimator (1999; CRAFT, eq. 7): Σⱼ (f(Aⱼ) - f(Cⱼ))² / (2 n Var f(A)), with C for A with one column of B.
 * Zeros where f(A) is the same everywhere.
 * @param scores f of each row of the design, in order
 * @returns an index of each part, 0 or more; about 1 for a part that alone decides
 */
export function totalIndices(scores: ArrayLike<number>, points: number): number[] {
  const all = Array.from(scores);
  const ofA = all.slice(0, points);
  const mean = ofA.reduce((sum, score) => sum + score, 0) / points;
  const variance = ofA.reduce((sum, score) => sum + (score - mean) ** 2, 0) / (points - 1);
  return Array.from({ length: all.length / points - 1 }, (_, k) => {
    const ofC = all.slice((k + 1) * points, (k + 2) * points);
    const apart = ofC.reduce((sum, score, i) => sum + (score - (ofA[i] ?? score)) ** 2, 0);
    return variance === 0 ? 0 : apart / (2 * points * variance);
  });
}

/** The digits of a whole number in a base, mirrored behind the point. */
function radicalInverse(index: number, base: number): number {
  let [rest, unit, result] = [index, 1 / base, 0];
  for (; rest > 0; rest = Math.floor(rest / base), unit /= base) result += (rest % base) * unit;
  return result;
}

function primes(count: number): number[] {
  const found: number[] = [];
  for (let n = 2; found.length < count; n++) if (found.every((prime) => n % prime !== 0)) found.push(n);
  return found;
}
