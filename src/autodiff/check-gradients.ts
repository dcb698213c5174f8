/** @file Compares a graph's gradient with finite differences along random directions. */

import { at, present } from "../foundation/present.js";
import { random } from "../foundation/random.js";
import { Builder } from "../onnx/builder.js";
import { copyGraph, type Graph, type Value } from "../onnx/graph.js";
import { prune } from "../onnx/prune.js";
import { float32, floats, type Tensor } from "../onnx/tensor.js";
import { differentiate } from "./differentiate.js";
import type { RuleTable } from "./rule.js";

export interface CheckGradientsOptions {
  /** The value to differentiate; its elements are weighted with random numbers, so that every one counts. */
  readonly of: Value;
  /** Float32 run-time inputs to differentiate with respect to. */
  readonly wrt: readonly Value[];
  /** A point to check at: a tensor for each run-time input. Keep kinks (a ReLU's 0, ties of a maximum) more than `step` away. */
  readonly feeds: Readonly<Record<Value, Tensor>>;
  /** Runs a graph once, unoptimised, on some runtime. */
  readonly run: (graph: Graph, feeds: Readonly<Record<Value, Tensor>>) => Promise<Record<Value, Tensor>>;
  /** Rules that take precedence over the standard ones. Default: none. */
  readonly rules?: RuleTable;
  /** Seed of the directions. Default 1. */
  readonly seed?: number;
  /** How many directions, each checked for every value of `wrt`. Default 2. */
  readonly directions?: number;
  /**
   * `anywhere`: random signs, across which every part of the gradient shows, and the kinks that a step crosses do, too.
   * `uphill`: each element by a random amount to where the gradient says that the score rises, so that all of them add up:
   * far more exact, but blind to parts that the gradient leaves out. Default `anywhere`.
   */
  readonly towards?: "anywhere" | "uphill";
  /** Typical size of the inputs' elements, in which steps are measured. Default 1. */
  readonly unit?: number;
  /**
   * Half the distance between the inner two points of the difference, in units of the inputs; of several the best counts
   * for each direction: larger ones meet kinks, smaller ones rounding. Default 0.01.
   */
  readonly step?: number | readonly number[];
  /** Largest permitted error relative to the size of the derivative. Default 2e-3, which float32 allows. */
  readonly tolerance?: number;
}

export interface GradientCheck {
  readonly passed: boolean;
  /** The largest error found, relative to the typical size of the directional derivative; NaN for a NaN or a wrong shape. */
  readonly error: number;
  /** The value of `wrt` with that error. */
  readonly worst: Value;
  readonly seed: number;
}

/**
 * Compares the gradients of a graph with finite differences. For each value v of `wrt` and random directions d: ⟨∇ᵥf, d⟩ against the fourth-order central difference
 * (8(f(v+h)-f(v-h)) - (f(v+2h)-f(v-2h))) / 12h of f(v) = ⟨of, u⟩ with random weights u. Errors are relative to
 * max(|⟨∇f, d⟩|, ‖∇f‖·‖d‖/√n), so that a direction that happens to be orthogonal to the gradient proves nothing falsely,
 * and to no less than 1% of Σ|of·u| per unit, below which the difference drowns in float32's rounding.
 */
export async function checkGradients(graph: Graph, options: CheckGradientsOptions): Promise<GradientCheck> {
  const { of, wrt, feeds, run, rules, seed = 1, directions = 2, step = 0.01, tolerance = 2e-3 } = options;
  const { towards = "anywhere", unit = 1 } = options;
  const source = random(seed);
  const forward = prune(graph, [of]);
  const output = present((await run(forward, feeds))[of], of);
  const weights = float32(
    output.dims,
    Float32Array.from({ length: output.size }, () => source.normal()),
  );

  const weighted = copyGraph(graph);
  const seedValue = new Builder(weighted).constant(weights, "seed");
  const differentiated = differentiate(weighted, { of, wrt, seed: seedValue, ...(rules ? { rules } : {}) });
  const names = wrt.map((value) => present(differentiated.gradients.get(value), `gradient of ${value}`));
  const gradients = await run(prune(differentiated.graph, names), feeds);

  const floor = (0.01 * dot(floats(output).map(Math.abs), floats(weights).map(Math.abs))) / unit || Number.MIN_VALUE;
  const score = async (value: Value, moved: Tensor) =>
    dot(floats(present((await run(forward, { ...feeds, [value]: moved }))[of], of)), floats(weights));

  let [error, worst] = [0, wrt[0] ?? of];
  for (const [i, value] of wrt.entries()) {
    const point = present(feeds[value], value);
    const gradient = present(gradients[at(names, i)], `gradient of ${value}`);
    const slopes = floats(gradient);
    for (let k = 0; k < directions; k++) {
      const direction = Float32Array.from({ length: point.size }, (_, j) => {
        const sign = source.uniform() < 0.5 ? -1 : 1;
        return towards === "anywhere" ? sign : source.uniform() * (Math.sign(slopes[j] ?? Number.NaN) || sign);
      });
      const scoreAt = (t: number) => {
        const nearby = floats(point).map((x, j) => x + t * at(direction, j));
        return score(value, float32(point.dims, nearby));
      };
      let best = Number.POSITIVE_INFINITY;
      for (const size of [step].flat()) {
        const h = size * unit;
        const [p1, m1] = [await scoreAt(h), await scoreAt(-h)];
        const [p2, m2] = [await scoreAt(2 * h), await scoreAt(-2 * h)];
        const numeric = (8 * (p1 - m1) - (p2 - m2)) / (12 * h);
        const each = sameDims(gradient, point) ? relativeError(slopes, direction, numeric, floor) : Number.NaN;
        if (!(each >= best)) best = each;
        if (!(best > tolerance / 2)) break;
      }
      if (!(best <= error) && !Number.isNaN(error)) [error, worst] = [best, value];
    }
  }
  return { passed: error <= tolerance, error, worst, seed };
}

function sameDims(a: Tensor, b: Tensor): boolean {
  return a.dims.length === b.dims.length && a.dims.every((dim, i) => dim === b.dims[i]);
}

function relativeError(gradient: Float32Array, direction: Float32Array, numeric: number, floor: number): number {
  const typical = Math.max(Math.abs(numeric), Math.sqrt(dot(gradient, gradient)), floor);
  return Math.abs(dot(gradient, direction) - numeric) / typical;
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}
