/** @file Padding along some axes. */

import type { Builder } from "../onnx/builder.js";
import type { Value } from "../onnx/graph.js";

/**
 * Adds zeros along `axes`, int64 [k]: `begin` [k] before and `end` [k] after; negative sizes cut off. Pad's own input for
 * axes is left out on purpose: onnxruntime's optimiser overlooks it when it moves a Transpose past the Pad.
 */
export function padAlong(op: Builder, value: Value, axes: Value, begin: Value, end: Value): Value {
  const zeros = op.Expand(op.int(0), op.Shape(op.Shape(value)));
  const scatter = (sizes: Value) => op.ScatterElements(zeros, axes, sizes, { axis: 0 });
  return op.Pad(value, op.Concat(scatter(begin), scatter(end), { axis: 0 }));
}
