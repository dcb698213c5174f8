/** @file Noise for samples. */

import { random } from "../../../foundation/random.js";
import { float32, sizeOf, type Tensor } from "../../../onnx/tensor.js";

/** Noise of `count` samples from `first` on, [count, ...sizes]. */
export type DrawNoise = (first: number, count: number, sizes: readonly number[]) => Tensor;

/** Standard normal numbers, those of each sample by its number, and drawn once. */
export function noiseSource(seed: number): DrawNoise {
  const source = random(seed).fork("samples");
  const cache = new Map<string, Float32Array>();
  const ofSample = (i: number, size: number) => {
    const key = `${i} ${size}`;
    const sample = source.fork(i);
    const values = cache.get(key) ?? Float32Array.from({ length: size }, () => sample.normal());
    cache.set(key, values);
    return values;
  };
  return (first, count, sizes) => {
    const size = sizeOf(sizes);
    const all = new Float32Array(count * size);
    for (let i = 0; i < count; i++) all.set(ofSample(first + i, size), i * size);
    return float32([count, ...sizes], all);
  };
}
