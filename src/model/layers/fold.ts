/** @file Folds a value of any layout to planes [N, C, H, W] and back, as nodes of the graph. */

import { FoveaError } from "../../foundation/error.js";
import { appendResized } from "../../image/input/resample.js";
import type { Attributes, Builder } from "../../onnx/builder.js";
import type { Dim, Value } from "../../onnx/graph.js";
import { type AxisOrder, isChannelsFirst, placesIn } from "../input/axis-order.js";
import { sizeProduct } from "./axes.js";
import type { Layer } from "./layer.js";
import { gridOf, type Layout } from "./layout.js";

/** A value with places. */
type Placed = Pick<Layer, "name" | "layout">;

/**
 * Rows and columns of the planes that places are folded to: a signal becomes one row, and a volume's slices lie one below the
 * other. So methods that look at each place by itself need to know of pictures alone.
 */
export function planeSizes(sizes: readonly Dim[]): [height: Dim, width: Dim] {
  const [width = "", height = 1, ...others] = sizes.toReversed();
  const outer = [height, ...others].map(Number);
  return [others.length === 0 ? height : outer.every(Number.isInteger) ? sizeProduct(outer) : "", width];
}

/** Appends a layer's activations as planes of real numbers, with their type. */
export function activationPlanes(op: Builder, { name, dims, layout, quantization }: Layer): Value {
  const { scale, zeroPoint } = quantization ?? {};
  const [real = name] = scale ? op.node("DequantizeLinear", [name, scale, zeroPoint]) : [];
  const planes = foldToPlanes(op, real, layout);
  const { channels, sizes } = gridOf(layout, dims);
  const all = [dims[0] ?? "", channels, ...planeSizes(sizes)];
  if (planes !== name) op.graph.types.set(planes, { type: "float32", dims: all });
  return planes;
}

/** Appends a value of a layout as [N, C, H, W]; tokens beside the grid are left out. */
export function foldToPlanes(op: Builder, value: Value, layout: Layout): Value {
  if (typeof layout === "string") return foldPlaces(op, withChannelsFirst(op, value, layout), layout.length - 2);
  const { sizes, skip } = layout.tokens;
  const grid = op.Slice(value, op.ints([skip]), op.ints([skip + sizeProduct(sizes)]), op.ints([1]));
  return op.Reshape(op.Transpose(grid, { perm: [0, 2, 1] }), op.ints([0, 0, ...planeSizes(sizes)].map(Number)));
}

/** [N, C, ...places] as [N, C, H, W]. @param count of the axes of places */
function foldPlaces(op: Builder, value: Value, count: number): Value {
  if (count === 2) return value;
  if (count === 1) return op.Unsqueeze(value, op.ints([2]));
  const [images, width] = [op.Shape(value, { start: 0, end: 2 }), op.Shape(value, { start: count + 1 })];
  return op.Reshape(value, op.Concat(images, op.ints([-1]), width, { axis: 0 }));
}

function withChannelsFirst(op: Builder, value: Value, order: AxisOrder): Value {
  if (isChannelsFirst(order)) return value;
  const axes = [...order].map((_, i) => i);
  return op.Transpose(value, { perm: [0, order.indexOf("c"), ...placesIn(order, axes)] });
}

/** Sizes of a layer's places, which may be known when the graph is run alone: int64 [axes]. */
export function placeSizes(op: Builder, { name, layout }: Placed): Value {
  if (typeof layout !== "string") return op.ints(layout.tokens.sizes);
  const axes = [...layout].map((_, i) => i);
  return op.Gather(op.Shape(name), op.ints(placesIn(layout, axes)));
}

/** The number of axes that a layer's places have. */
export function placeAxes(layout: Layout): number {
  return typeof layout === "string" ? layout.length - 2 : layout.tokens.sizes.length;
}

/**
 * Planes [N, K, H, W] as [N, K, ...places]. @param sizes appends the sizes of the places, int64 [axes]
 * @param axes the number of axes that the places have
 */
export function unfoldPlanes(op: Builder, planes: Value, axes: number, sizes: () => Value): Value {
  if (axes === 2) return planes;
  if (axes === 1) return op.Squeeze(planes, op.ints([2]));
  return op.Reshape(planes, op.Concat(op.Shape(planes, { start: 0, end: 2 }), sizes(), { axis: 0 }));
}

/** Planes [N, K, H, W] with the axes of a layer's places, which the graph holds. */
export function unfoldedPlanes(op: Builder, planes: Value, layer: Placed): Value {
  return unfoldPlanes(op, planes, placeAxes(layer.layout), () => placeSizes(op, layer));
}

/**
 * Planes of one layer as planes of another, resized along each axis of the places.
 * @throws FoveaError `bad-graph` where the two have places of another number of axes
 */
export function resizePlanes(op: Builder, planes: Value, from: Placed, to: Placed, attributes: Attributes): Value {
  const axes = placeAxes(to.layout);
  checkSameAxes(from, axes);
  const size = placeSizes(op, to);
  if (axes < 3) {
    const rowsAndColumns = axes === 2 ? size : op.Concat(op.ints([1]), size, { axis: 0 });
    return appendResized(op, planes, rowsAndColumns, attributes);
  }
  const places = unfoldPlanes(op, planes, axes, () => placeSizes(op, from));
  return foldPlaces(op, appendResized(op, places, size, attributes), axes);
}

/** @throws FoveaError `bad-graph` for a layer whose places have another number of axes */
export function checkSameAxes({ name, layout }: Placed, axes: number): void {
  const got = placeAxes(layout);
  if (got === axes) return;
  const expected = `expected places of ${axes} axes like the input, got ${got}`;
  throw new FoveaError("bad-graph", `layer "${name}": ${expected}: use another layer or method`);
}
