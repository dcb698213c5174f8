/** @file The best of some factorisations from different starts, and what of it all of them agree on. */

import { at } from "../../foundation/present.js";
import { float32, floats, type Tensor } from "../../onnx/tensor.js";
import type { Factorisation, Factoriser } from "./nmf.js";

/** The factors that hold something, those that hold most first. */
export interface Found {
  /** float32 [K, C], each of length 1. */
  readonly directions: Tensor;
  readonly parts: readonly { readonly share: number; readonly stability: number }[];
  readonly error: number;
  readonly converged: boolean;
}

/** The factorisation has many minima: the best of a few is told from those that a single start may end in. */
const starts = 3;

/** @param columns float32 [C, P], 0 or more */
export async function bestOf(
  factoriser: Factoriser,
  columns: Tensor,
  { seed, signal }: { readonly seed: number; readonly signal: AbortSignal | undefined },
): Promise<Found> {
  const all: Factorisation[] = [];
  for (let i = 0; i < starts; i++)
    all.push(await factoriser.factorise(columns, await factoriser.start(columns, `${seed}/${i}`), { signal }));
  const best = all.reduce((least, each) => (each.error < least.error ? each : least));
  const others = all.filter((each) => each !== best).map(unitDirections);
  const sums = sumsOf(best);
  const total = sums.reduce((sum, value) => sum + value, 0);
  const order = sums
    .map((_, k) => k)
    .filter((k) => at(sums, k) > 0)
    .sort((a, b) => at(sums, b) - at(sums, a));
  const units = unitDirections(best);
  const channels = columns.dims[0] ?? 0;
  const directions = order.map((k) => at(units, k));
  return {
    directions: float32(
      [order.length, channels],
      directions.flatMap((direction) => [...direction]),
    ),
    parts: order.map((k, i) => ({
      share: at(sums, k) / total,
      stability: Math.min(1, ...others.map((each) => nearest(at(directions, i), each))),
    })),
    error: best.error,
    converged: best.converged,
  };
}

/** Of each factor the sum of all numbers of its product. */
function sumsOf({ directions, amounts }: Factorisation): number[] {
  const sum = (row: Float32Array) => row.reduce((total, value) => total + value, 0);
  const lengths = rowsOf(amounts).map(sum);
  return rowsOf(directions).map((row, k) => sum(row) * at(lengths, k));
}

function unitDirections({ directions }: Factorisation): Float32Array[] {
  return rowsOf(directions).map((row) => {
    const length = Math.sqrt(dot(row, row));
    return length > 0 ? row.map((value) => value / length) : row;
  });
}

function nearest(direction: Float32Array, others: readonly Float32Array[]): number {
  return Math.max(...others.map((other) => dot(direction, other)));
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
}

function rowsOf(tensor: Tensor): Float32Array[] {
  const [rows = 0, length = 0] = tensor.dims;
  return Array.from({ length: rows }, (_, k) => floats(tensor).subarray(k * length, (k + 1) * length));
}
