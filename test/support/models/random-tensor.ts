/** @file Seeded test inputs that keep away from the points where a function has a kink. */

import { permutation, random } from "../../../src/foundation/random.js";
import { float32, sizeOf, type Tensor } from "../../../src/onnx/tensor.js";

export interface RandomTensorOptions {
  /** Smallest and largest value. Default [-1, 1]. */
  readonly interval?: readonly [number, number];
  /** Values that every element keeps a distance of 0.05 from. Default: none. */
  readonly away?: readonly number[];
  /** Elements are multiples of 0.1 in random order, so that a maximum is never in doubt. Default false. */
  readonly separated?: boolean;
  /** What is added to separated elements. Default 0. */
  readonly offset?: number;
}

export function randomTensor(dims: readonly number[], seed: string, options: RandomTensorOptions = {}): Tensor {
  const { interval = [-1, 1], away = [], separated = false, offset = 0 } = options;
  const source = random(seed);
  const size = sizeOf(dims);
  if (separated)
    return float32(
      dims,
      Float32Array.from(permutation(size, source), (rank) => (rank - size / 2) / 10 + offset),
    );
  const draw = (): number => {
    const value = interval[0] + (interval[1] - interval[0]) * source.uniform();
    return away.some((kink) => Math.abs(value - kink) < 0.05) ? draw() : value;
  };
  return float32(dims, Float32Array.from({ length: size }, draw));
}
