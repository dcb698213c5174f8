/** @file The arithmetic of the comparison: medians and quartiles of paired rounds, and how near two maps are. */

import { quantile } from "../../src/foundation/timing.js";
import { floats, type Tensor } from "../../src/onnx/tensor.js";

export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** The median and the quartiles. */
export function spread(values: readonly number[]): Spread {
  return { median: quantile(values, 0.5), low: quantile(values, 0.25), high: quantile(values, 0.75) };
}

/** Round by round, how many times as long the one took as the other. */
export function ratios(one: readonly number[], other: readonly number[]): number[] {
  return one.slice(0, other.length).map((value, i) => value / (other[i] ?? Number.NaN));
}

/** How near maps are: of many images, the worst. */
export interface Nearness {
  /** Pearson's correlation over the places of an image; NaN for a map that is the same everywhere. */
  readonly correlation: number;
  /** The largest difference after both were stretched from 0 to 1. */
  readonly difference: number;
}

/** @param one maps [N, h, w]; `other` of the same size */
export function nearness(one: Tensor, other: Tensor): Nearness {
  const [count = 1] = one.dims;
  const [a, b] = [floats(one), floats(other)];
  const size = a.length / count;
  const each = Array.from({ length: count }, (_, i) => {
    const [x, y] = [a, b].map((values) => stretched(values.subarray(i * size, (i + 1) * size)));
    return x && y ? { correlation: correlation(x, y), difference: largestDifference(x, y) } : undefined;
  }).filter((found) => found !== undefined);
  return {
    correlation: Math.min(...each.map((found) => found.correlation)),
    difference: Math.max(...each.map((found) => found.difference)),
  };
}

/** From 0 to 1; a map that is the same everywhere is NaN everywhere. */
function stretched(values: Float32Array): Float64Array {
  const low = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const high = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  return Float64Array.from(values, (value) => (value - low) / (high - low));
}

function largestDifference(a: Float64Array, b: Float64Array): number {
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? Number.NaN))), 0);
}

function correlation(a: Float64Array, b: Float64Array): number {
  const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [both, ofA, ofB] = [0, 0, 0];
  for (const [i, value] of a.entries()) {
    const [x, y] = [value - meanA, (b[i] ?? Number.NaN) - meanB];
    both += x * y;
    ofA += x * x;
    ofB += y * y;
  }
  return both / Math.sqrt(ofA * ofB);
}
