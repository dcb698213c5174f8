/** @file Numbers of signals, volumes and clips between a network's order of axes and channels first. */

import { type AxisOrder, isChannelsFirst, placesIn } from "../../../model/input/axis-order.js";
import { float32, floats, type Tensor } from "../../../onnx/tensor.js";

/** [N, C, ...places] in a network's order. */
export function inOrder(tensor: Tensor, order: AxisOrder): Tensor {
  if (isChannelsFirst(order)) return tensor;
  let place = 2;
  const axes = [...order].map((letter) => (letter === "n" ? 0 : letter === "c" ? 1 : place++));
  return permuted(tensor, axes);
}

/** A network's input as [N, C, ...places]. */
export function channelsFirst(tensor: Tensor, order: AxisOrder): Tensor {
  if (isChannelsFirst(order)) return tensor;
  const axes = [...order].map((_, i) => i);
  return permuted(tensor, [0, order.indexOf("c"), ...placesIn(order, axes)]);
}

/** The tensor with its axes in another order. @param axes where each comes from */
export function permuted(tensor: Tensor, axes: readonly number[]): Tensor {
  const { dims } = tensor;
  const strides = dims.map((_, i) => dims.slice(i + 1).reduce((product, size) => product * size, 1));
  const sizes = axes.map((axis) => dims[axis] ?? 1);
  const [from, to] = [floats(tensor), new Float32Array(tensor.size)];
  let written = 0;
  const copy = (level: number, at: number) => {
    const [size = 1, step = 1] = [sizes[level], strides[axes[level] ?? 0]];
    for (let i = 0; i < size; i++) {
      if (level < sizes.length - 1) copy(level + 1, at + i * step);
      else to[written++] = from[at + i * step] ?? 0;
    }
  };
  copy(0, 0);
  return float32(sizes, to);
}
