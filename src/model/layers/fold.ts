/** @file Folds a value of any layout to planes [N, C, H, W], as nodes of the graph. */

import type { Builder } from "../../onnx/builder.js";
import type { Value } from "../../onnx/graph.js";
import type { Layer } from "./layer.js";
import { gridOf, type Layout } from "./layout.js";

/** Appends a layer's activations as planes of real numbers, with their type. */
export function activationPlanes(op: Builder, { name, dims, layout, quantization }: Layer): Value {
  const { scale, zeroPoint } = quantization ?? {};
  const [real = name] = scale ? op.node("DequantizeLinear", [name, scale, zeroPoint]) : [];
  const planes = foldToPlanes(op, real, layout);
  const { channels, height, width } = gridOf(layout, dims);
  if (planes !== name) op.graph.types.set(planes, { type: "float32", dims: [dims[0] ?? "", channels, height, width] });
  return planes;
}

/** Appends a value of a layout as [N, C, H, W]; tokens beside the grid are left out. */
export function foldToPlanes(op: Builder, value: Value, layout: Layout): Value {
  if (layout === "nchw") return value;
  if (layout === "nhwc") return op.Transpose(value, { perm: [0, 3, 1, 2] });
  const { height, width, skip } = layout.tokens;
  const grid = op.Slice(value, op.ints([skip]), op.ints([skip + height * width]), op.ints([1]));
  return op.Reshape(op.Transpose(grid, { perm: [0, 2, 1] }), op.ints([0, 0, height, width]));
}
