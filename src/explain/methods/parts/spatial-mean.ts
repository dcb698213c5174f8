/** @file The mean over all positions, without spreading out constants. */

import type { Builder } from "../../../onnx/builder.js";
import { expandedFrom, type Value } from "../../../onnx/graph.js";

/**
 * [N, C, H, W] to [N, C]. Behind a global average pool the gradient is one number per channel, expanded to the layer's
 * size only to be averaged again: the mean of an expanded value is the mean of the value.
 */
export function spatialMean(op: Builder, value: Value): Value {
  const axes = op.ints([2, 3]);
  const source = expandedFrom(op.graph, value)?.source;
  const expanded = source !== undefined && !op.graph.initializers.has(source);
  return op.ReduceMean(expanded ? source : value, axes, { keepdims: 0 });
}
