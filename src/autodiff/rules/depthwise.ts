/** @file The gradient of a strided depthwise convolution with respect to its input, without a transposed convolution. */

import type { Builder } from "../../onnx/builder.js";
import type { Value } from "../../onnx/graph.js";
import { float32 } from "../../onnx/tensor.js";
import type { SpatialWindow } from "../window.js";

/** The weights of the convolution that goes back, and how wide the input was. */
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
  { kernel, strides, dilations, begin }: SpatialWindow,
  { turned, channels, input, output }: DepthwiseGradient,
): Value | undefined {
  if (kernel.length !== 2) return undefined;
  const reach = kernel.map((k, i) => (k - 1) * (dilations[i] as number));
  const front = reach.map((size, i) => size - (begin[i] as number));
  const back = reach.map(
    (size, i) => (input[i] as number) + size - (front[i] as number) - (output[i] as number) * (strides[i] as number),
  );
  if ([...front, ...back].some((pad) => pad < 0)) return undefined;
  const spread = spreadRows(
    op,
    spreadColumns(op, g, output[1] as number, strides[1] as number),
    channels,
    output,
    strides,
  );
  return op.Conv(spread, turned, { kernel_shape: kernel, dilations, pads: [...front, ...back], group: channels });
}

/** By a product with a matrix of zeros and ones, which is faster than to copy single elements. */
function spreadColumns(op: Builder, g: Value, width: number, stride: number): Value {
  if (stride === 1) return g;
  const places = new Float32Array(width * width * stride);
  for (let i = 0; i < width; i++) places[i * width * stride + i * stride] = 1;
  return op.MatMul(g, op.constant(float32([width, width * stride], places), "spread"));
}

/** Rows of zeros after each row. */
function spreadRows(
  op: Builder,
  g: Value,
  channels: number,
  [height = 1, width = 1]: readonly number[],
  [down = 1, across = 1]: readonly number[],
): Value {
  if (down === 1) return g;
  const columns = width * across;
  const apart = op.Reshape(g, op.ints([-1, channels * height, 1, columns]));
  const padded = op.Pad(apart, op.ints([0, 0, 0, 0, 0, 0, down - 1, 0]));
  return op.Reshape(padded, op.ints([-1, channels, height * down, columns]));
}
