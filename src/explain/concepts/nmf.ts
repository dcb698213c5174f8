/** @file Non-negative matrix factorisation of columns of numbers, computed by onnxruntime. */

import { at } from "../../foundation/present.js";
import { type Random, random } from "../../foundation/random.js";
import { Sessions } from "../../model/run/sessions.js";
import { tensorNamed } from "../../model/run/tensors.js";
import { float32, floats, int64, type Tensor } from "../../onnx/tensor.js";
import type { Runtime } from "../../runtime/session.js";
import { amountsGraph, leftOverGraph, sweepsGraph } from "./nmf-graphs.js";

/** columns ≈ directionsᵀ amounts, all numbers 0 or more. */
export interface Factors {
  /** float32 [K, C]. */
  readonly directions: Tensor;
  /** float32 [K, P]: how much of each direction is in each column. */
  readonly amounts: Tensor;
}

export interface Factorisation extends Factors {
  /** ‖columns - directionsᵀ amounts‖ / ‖columns‖ by Frobenius; 0 for columns of zeros. */
  readonly error: number;
  readonly sweeps: number;
  /** Whether the last ten sweeps made the error smaller by less than a ten-thousandth of the columns' norm. */
  readonly converged: boolean;
}

interface FactoriseOptions {
  /** Stops between sweeps. Default: nothing does. */
  readonly signal?: AbortSignal | undefined;
}

/** Sweeps between two looks at the error. */
const sweepsPerLook = 10;
const mostSweeps = 400;
const tolerance = 1e-4;

/**
 * Factorises columns by hierarchical alternating least squares (Cichocki and Phan, "Fast local algorithms for large scale nonnegative
 * matrix and tensor factorizations", IEICE 2009, algorithm 2): each row of a factor in turn becomes the best one for the other rows
 * as they are. That is scikit-learn's solver `cd` without shuffling and penalties.
 */
export class Factoriser {
  readonly #sessions: Sessions;
  readonly #count: number;
  readonly #sweeps;
  readonly #amounts;
  readonly #leftOver = leftOverGraph();

  /** @param count K, how many directions are looked for */
  constructor(count: number, { runtime }: { readonly runtime: Runtime }) {
    this.#count = count;
    this.#sweeps = sweepsGraph(count);
    this.#amounts = amountsGraph(count);
    this.#sessions = new Sessions(runtime);
  }

  /** From a start to convergence. @param columns float32 [C, P], 0 or more */
  async factorise(columns: Tensor, start: Factors, { signal }: FactoriseOptions = {}): Promise<Factorisation> {
    const whole = Math.sqrt(floats(columns).reduce((sum, value) => sum + value * value, 0));
    if (whole === 0) return { ...start, error: 0, sweeps: 0, converged: true };
    let found = { ...start, error: whole };
    for (let sweeps = sweepsPerLook; ; sweeps += sweepsPerLook) {
      signal?.throwIfAborted();
      const next = await this.sweep(columns, found, sweepsPerLook);
      const converged = found.error - next.error < tolerance * whole;
      found = next;
      if (converged || sweeps >= mostSweeps) return { ...found, error: found.error / whole, sweeps, converged };
    }
  }

  /** So many sweeps. @returns the factors after them, with the Frobenius norm of what they leave over */
  async sweep(columns: Tensor, { directions, amounts }: Factors, times: number): Promise<Factors & { error: number }> {
    const feeds = { columns, directions, amounts, times: int64([times], []) };
    const results = await this.#sessions.run(this.#sweeps, feeds);
    return {
      directions: tensorNamed(results, "new directions"),
      amounts: tensorNamed(results, "new amounts"),
      error: at(floats(tensorNamed(results, "error")), 0),
    };
  }

  /** The best amounts of given directions. @param columns float32 [C, P] @returns float32 [K, P] */
  async amounts(columns: Tensor, directions: Tensor): Promise<Tensor> {
    return tensorNamed(await this.#sessions.run(this.#amounts, { columns, directions }), "amounts");
  }

  /**
   * A start in the manner of k-means++ (Arthur and Vassilvitskii 2007): directions of columns, each drawn by the square of what
   * those before it leave over of it. Amounts begin at zero, as the first sweep finds them anew.
   */
  async start(columns: Tensor, seed: string | number): Promise<Factors> {
    const [channels = 0, places = 0] = columns.dims;
    const source = random(seed).fork("factors");
    const directions = new Float32Array(this.#count * channels);
    let left = await this.#leftBy(columns, new Float32Array(channels));
    for (let k = 0; k < this.#count; k++) {
      const direction = unitColumn(columns, draw(left, source));
      directions.set(direction, k * channels);
      const next = await this.#leftBy(columns, direction);
      left = left.map((value, i) => Math.min(value, next[i] ?? value));
    }
    return {
      directions: float32([this.#count, channels], directions),
      amounts: float32([this.#count, places], new Float32Array(this.#count * places)),
    };
  }

  close(): Promise<void> {
    return this.#sessions.close();
  }

  async #leftBy(columns: Tensor, direction: Float32Array): Promise<Float32Array> {
    const feeds = { columns, direction: float32([1, direction.length], direction) };
    return floats(tensorNamed(await this.#sessions.run(this.#leftOver, feeds), "left"));
  }
}

/** An index, drawn by weights of 0 or more; any where all are 0. */
function draw(weights: Float32Array, source: Random): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total === 0) return source.below(weights.length);
  let rest = source.uniform() * total;
  const index = weights.findIndex((weight) => {
    rest -= weight;
    return rest < 0;
  });
  return index < 0 ? weights.length - 1 : index;
}

/** A column at length 1; zeros stay zeros. */
function unitColumn(columns: Tensor, index: number): Float32Array {
  const [channels = 0, places = 0] = columns.dims;
  const values = floats(columns);
  const column = Float32Array.from({ length: channels }, (_, c) => values[c * places + index] ?? 0);
  const length = Math.sqrt(column.reduce((sum, value) => sum + value * value, 0));
  return length > 0 ? column.map((value) => value / length) : column;
}
