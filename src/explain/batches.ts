/** @file Batches taken apart and put together, for models that take one image at a time. */

import { Tensor, type TypedArray } from "../onnx/index.js";

/** The images of a batch as batches of one, sharing their elements. */
export function singleImages(images: Tensor): Tensor[] {
  const [count = 0, ...sizes] = images.dims;
  const size = images.size / Math.max(count, 1);
  return Array.from({ length: count }, (_, i) => {
    return new Tensor(images.type, [1, ...sizes], images.data.subarray(i * size, (i + 1) * size));
  });
}

/** Tensors [n, ...] one behind the other along their first axis. */
export function joined(tensors: readonly Tensor[]): Tensor {
  const [first] = tensors as [Tensor];
  const total = tensors.reduce((sum, { size }) => sum + size, 0);
  const all = new (first.data.constructor as new (length: number) => TypedArray)(total);
  let at = 0;
  for (const { data, size } of tensors) {
    (all as Float32Array).set(data as Float32Array, at);
    at += size;
  }
  const count = tensors.reduce((sum, { dims }) => sum + (dims[0] as number), 0);
  return new Tensor(first.type, [count, ...first.dims.slice(1)], all);
}
