/** @file Folds a value of any layout to planes [N, C, H, W], as nodes of the graph. */

import type { Builder, Value } from "../onnx/index.js";
import type { Layout } from "./layout.js";

/** The same elements as [N, C, H, W]; tokens beside the grid are left out. */
export function foldToPlanes(op: Builder, value: Value, layout: Layout): Value {
  if (layout === "nchw") return value;
  if (layout === "nhwc") return op.Transpose(value, { perm: [0, 3, 1, 2] });
  const { height, width, skip } = layout.tokens;
  const grid = op.Slice(value, op.ints([skip]), op.ints([skip + height * width]), op.ints([1]));
  return op.Reshape(op.Transpose(grid, { perm: [0, 2, 1] }), op.ints([0, 0, height, width]));
}
