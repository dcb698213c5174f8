/** @file The gradient of a strided depthwise convolution with respect to its input, without a transposed convolution. */

import { at } from "../../foundation/present.js";
import type { Builder } from "../../onnx/builder.js";
import type { Value } from "../../onnx/graph.js";
import { float32 } from "../../onnx/tensor.js";
import { reachOf, type SpatialWindow } from "../window.js";

/** The weights of the convolution that goes back, and the sizes of the convolution's input and output. */
export interface DepthwiseGradient {
  /** [C, 1, kernel...], turned by 180 degrees. */
  readonly turned: Value;
  readonly channels: number;
  /** Rows and columns of the convolution's input and output. */
  readonly input: readonly number[];
  readonly output: readonly number[];
}

/**
 * onnxruntime's ConvTranspose is slow for many groups. Spreading the gradient out with zeros between its elements turns the
 * stride into a plain convolution, of which onnxruntime has a fast one for single channels. Undefined where sizes don't fit.
 */
export function stridedDepthwiseGradient(
  op: Builder,
  g: Value,
  window: SpatialWindow,
  { turned, channels, input, output }: DepthwiseGradient,
): Value | undefined {
  const { kernel, strides, dilations, begin } = window;
  if (kernel.length !== 2) return undefined;
  const reach = reachOf(window);
  const front = reach.map((size, i) => size - at(begin, i));
  const back = reach.map((size, i) => at(input, i) + size - at(front, i) - at(output, i) * at(strides, i));
  if ([...front, ...back].some((pad) => pad < 0)) return undefined;
  const columns = spreadColumns(op, g, at(output, 1), at(strides, 1));
  const spacedRows = spreadRows(op, columns, channels, output, strides);
  return op.Conv(spacedRows, turned, { kernel_shape: kernel, dilations, pads: [...front, ...back], group: channels });
}

/** By a product with a matrix of zeros and ones, which is faster than to copy single elements. */
function spreadColumns(op: Builder, g: Value, width: number, stride: number): Value {
  if (stride === 1) return g;
  const places = new Float32Array(width * width * stride);
  for (let i = 0; i < width; i++) places[i * width * stride + i * stride] = 1;
  return op.MatMul(g, op.constant(float32([width, width * stride], places), "spread"));
}

/** Rows of zeros after each row. The first size is copied, not found out: so onnxruntime knows it for the same, and keeps its blocks of channels. */
function spreadRows(
  op: Builder,
  g: Value,
  channels: number,
  [height = 1, width = 1]: readonly number[],
  [down = 1, across = 1]: readonly number[],
): Value {
  if (down === 1) return g;
  const columns = width * across;
  const apart = op.Reshape(g, op.ints([0, channels * height, 1, columns]));
  const padded = op.Pad(apart, op.ints([0, 0, 0, 0, 0, 0, down - 1, 0]));
  return op.Reshape(padded, op.ints([0, channels, height * down, columns]));
}
