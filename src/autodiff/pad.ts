/** @file Zeros around a value along some of its axes. */

import type { Builder, Value } from "../onnx/index.js";

/**
 * Pads along `axes`, all three vectors of int64. Pad's own input of that name is left alone: onnxruntime 1.30, moving a
 * Transpose past such a Pad, permutes `pads` as if they were given for all axes.
 */
export function padAlong(op: Builder, value: Value, axes: Value, begin: Value, end: Value): Value {
  const none = op.Expand(op.int(0), op.Shape(op.Shape(value)));
  const [before, after] = [begin, end].map((pads) => op.ScatterElements(none, axes, pads));
  return op.Pad(value, op.Concat(before, after, { axis: 0 }));
}
