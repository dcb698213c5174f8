/** @file Filters that resize planes, as nodes: those that ONNX has, and Pillow's others as matrices. */

import { type Attributes, type Builder, float } from "../../onnx/builder.js";
import type { Value } from "../../onnx/graph.js";
import type { Resample } from "./preprocessing.js";

/**
 * Appends the nodes that resize pixels [N, C, h, w], 0..255, to another size, int64 [2], as Pillow's `Image.resize` does but for its
 * rounding to whole numbers after each axis.
 */
export function appendResize(op: Builder, pixels: Value, size: Value, resample: Resample = "linear"): Value {
  const own = matrixFilters[resample];
  const resized = own ? appendFiltered(op, pixels, size, own) : appendResized(op, pixels, size, attributes(resample));
  return overshoots.has(resample) ? op.Clip(resized, op.scalar(0), op.scalar(255)) : resized;
}

/** Filters with negative weights. */
const overshoots: ReadonlySet<Resample> = new Set(["cubic", "lanczos"]);

function attributes(resample: Resample): Attributes {
  if (resample === "nearest") return { mode: "nearest", nearest_mode: "round_prefer_ceil" };
  return resample === "cubic"
    ? { mode: "cubic", antialias: 1, cubic_coeff_a: float(-0.5) }
    : { mode: "linear", antialias: 1 };
}

/**
 * Planes [N, C, h, w] at another size, int64 [2]. All four sizes are written out: with the attribute `axes` instead,
 * onnxruntime refuses the graph where it moves a transpose through, and other runtimes don't know it.
 */
export function appendResized(op: Builder, planes: Value, size: Value, attributes: Attributes): Value {
  const sizes = op.Concat(op.Shape(planes, { start: 0, end: 2 }), size, { axis: 0 });
  return op.Resize(planes, undefined, undefined, sizes, attributes);
}

/** The weight of a sample at a distance from the middle of the filter, in samples of the coarser side. */
type Filter = (op: Builder, distance: Value) => Value;

/** Pillow's filters that ONNX lacks (libImaging/Resample.c). */
const matrixFilters: Readonly<Partial<Record<Resample, Filter>>> = {
  box: (op, x) => within(op, x, 0.5, op.scalar(1)),
  hamming: (op, x) => {
    const window = op.Add(op.scalar(0.54), op.Mul(op.scalar(0.46), op.Cos(op.Mul(x, op.scalar(Math.PI)))));
    return within(op, x, 1, op.Mul(sinc(op, x), window));
  },
  lanczos: (op, x) => within(op, x, 3, op.Mul(sinc(op, x), sinc(op, op.Div(x, op.scalar(3))))),
};

/** x in (-half, half], as Pillow's box has it: a sample on the border between two results belongs to one of them. */
function within(op: Builder, x: Value, half: number, weight: Value): Value {
  const inside = op.And(op.Greater(x, op.scalar(-half)), op.LessOrEqual(x, op.scalar(half)));
  return op.Where(inside, weight, op.scalar(0));
}

function sinc(op: Builder, x: Value): Value {
  // Near zero sin(y) / y is 1 in float32.
  const y = op.Max(op.Mul(op.Abs(x), op.scalar(Math.PI)), op.scalar(1e-6));
  return op.Div(op.Sin(y), y);
}

function appendFiltered(op: Builder, pixels: Value, size: Value, filter: Filter): Value {
  const from = op.Shape(pixels, { start: 2 });
  const along = (axis: number) => weights(op, op.Gather(from, op.int(axis)), op.Gather(size, op.int(axis)), filter);
  const across = op.MatMul(pixels, op.Transpose(along(1), { perm: [1, 0] }));
  return op.MatMul(along(0), across);
}

/** The matrix [to, from] of one axis: each row weighs the old samples by their distance from its middle, and sums to one. */
function weights(op: Builder, from: Value, to: Value, filter: Filter): Value {
  const cast = (value: Value) => op.Cast(value, { to: 1 });
  const middles = (count: Value) => op.Add(cast(op.Range(op.int(0), count, op.int(1))), op.scalar(0.5));
  const scale = op.Div(cast(from), cast(to));
  const centres = op.Unsqueeze(op.Mul(middles(to), scale), op.ints([1]));
  const distance = op.Div(op.Sub(middles(from), centres), op.Max(scale, op.scalar(1)));
  const raw = filter(op, distance);
  return op.Div(raw, op.ReduceSum(raw, op.ints([1]), { keepdims: 1 }));
}
