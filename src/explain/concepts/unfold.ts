/** @file Puts planes in the place of a layer, as nodes of the graph. */

import { type AxisOrder, isChannelsFirst, placesIn } from "../../model/input/axis-order.js";
import { sizeProduct } from "../../model/layers/axes.js";
import { unfoldPlanes } from "../../model/layers/fold.js";
import type { Layer } from "../../model/layers/layer.js";
import type { TokenGrid } from "../../model/layers/layout.js";
import type { Builder } from "../../onnx/builder.js";
import type { Value } from "../../onnx/graph.js";

/**
 * The other way of `activationPlanes`: planes [B, C, H, W] as values of the layer. Tokens beside the grid are those of `one`, the layer
 * of a single image.
 */
export function unfoldToLayer(op: Builder, planes: Value, one: Value, { layout, quantization }: Layer): Value {
  const real = (value: Value) => (scale ? op.node("DequantizeLinear", [value, scale, zeroPoint])[0] : value);
  const { scale, zeroPoint } = quantization ?? {};
  const placed =
    typeof layout === "string"
      ? unfoldAxes(op, planes, one, layout)
      : unfoldTokens(op, planes, real(one), layout.tokens);
  return scale ? op.node("QuantizeLinear", [placed, scale, zeroPoint])[0] : placed;
}

function unfoldAxes(op: Builder, planes: Value, one: Value, order: AxisOrder): Value {
  const axes = [...order].map((_, i) => i);
  const sizes = () => op.Gather(op.Shape(one), op.ints(placesIn(order, axes)));
  const places = unfoldPlanes(op, planes, order.length - 2, sizes);
  if (isChannelsFirst(order)) return places;
  let place = 2;
  return op.Transpose(places, { perm: axes.map((i) => (i === 0 ? 0 : order[i] === "c" ? 1 : place++)) });
}

function unfoldTokens(op: Builder, planes: Value, one: Value, { sizes, skip }: TokenGrid): Value {
  const grid = op.Transpose(op.Reshape(planes, op.ints([0, 0, -1])), { perm: [0, 2, 1] });
  const images = op.Concat(op.Shape(planes, { start: 0, end: 1 }), op.ints([1, 1]), { axis: 0 });
  const others = (from: number, to: number) =>
    op.Expand(op.Slice(one, op.ints([from]), op.ints([to]), op.ints([1])), images);
  const end = skip + sizeProduct(sizes);
  return op.Concat(others(0, skip), grid, others(end, 2 ** 31 - 1), { axis: 1 });
}
