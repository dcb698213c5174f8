/**
 * @file The gradient of max pooling without the pool's Indices: onnxruntime takes fifty times as long for a pool that gives them.
 *
 * The first maximum of a window in reading order lies in the first row that holds the maximum, and is the first there. So the gradient
 * goes back axis by axis, the outermost first, each time to the first of a few slices that equals the maximum along that axis.
 */

import { at } from "../../foundation/present.js";
import { type Builder, float } from "../../onnx/builder.js";
import { staticDims, type Value } from "../../onnx/graph.js";
import { sizeOf } from "../../onnx/tensor.js";
import type { Backward } from "../rule.js";
import type { SpatialWindow } from "../window.js";

/** What lies behind the edge: less than any activation. */
const lowest = -3.4028234663852886e38;

/** The windows along one axis of places; values are read as [N, before, along, behind]. */
interface Line {
  readonly kernel: number;
  readonly stride: number;
  /** Padding before the first element. */
  readonly begin: number;
  readonly input: number;
  readonly output: number;
  /** As many strides as all windows reach over. */
  readonly strides: number;
  /** Elements of an image before and behind the axis, where those behind it are pooled. */
  readonly before: number;
  readonly behind: number;
}

/** Numbers of elements at both ends of a line. */
type Ends = readonly [front: number, back: number];

/** Undefined where sizes are open, windows have gaps, or elements lie between windows. */
export function maxPoolGradient(backward: Backward, window: SpatialWindow): Value | undefined {
  const { op, node, inputs, gradients, output, dims } = backward;
  const [[x = ""], [g = ""]] = [inputs, gradients];
  const [input, pooled] = [staticDims(dims(x)?.slice(1)), staticDims(dims(node.outputs[0])?.slice(1))];
  const { kernel, strides, dilations } = window;
  const isDense = kernel.every((k, i) => k >= at(strides, i)) && dilations.every((d) => d === 1);
  if (!input || !pooled || !isDense) return undefined;
  const lines = kernel.map((_, i) => lineOf(window, i, input, pooled));
  const maxima = maximaOf(op, x, lines);
  const flat = lines.reduce((passed, line, i) => {
    const most = i === 0 ? output(0) : at(maxima, i - 1);
    return toFirst(op, line, { g: passed, most, values: at(maxima, i) });
  }, g);
  return op.Reshape(flat, op.ints([0, ...input]));
}

function lineOf(window: SpatialWindow, i: number, input: readonly number[], pooled: readonly number[]): Line {
  const [kernel, stride, output] = [at(window.kernel, i), at(window.strides, i), at(pooled, i + 1)];
  return {
    kernel,
    stride,
    begin: at(window.begin, i),
    input: at(input, i + 1),
    output,
    strides: output - 1 + Math.ceil(kernel / stride),
    before: sizeOf(input.slice(0, i + 1)),
    behind: sizeOf(pooled.slice(i + 2)),
  };
}

/** The maxima along all axes but the outermost, along all but two, and so on; the last are x itself. */
function maximaOf(op: Builder, x: Value, lines: readonly Line[]): Value[] {
  const maxima = [x];
  for (let axis = lines.length - 1; axis > 0; axis--) {
    maxima.unshift(maximaAlong(op, at(maxima, 0), at(lines, axis), { axis, axes: lines.length }));
  }
  return maxima;
}

/** The maxima along one axis of places. */
function maximaAlong(op: Builder, values: Value, line: Line, { axis, axes }: { axis: number; axes: number }): Value {
  const { kernel, stride, begin, input, output } = line;
  const end = Math.max(0, (output - 1) * stride + kernel - input - begin);
  const along = (size: number, others: number) => Array.from({ length: axes }, (_, i) => (i === axis ? size : others));
  return op.node("MaxPool", [values], {
    kernel_shape: along(kernel, 1),
    strides: along(stride, 1),
    pads: [...along(begin, 0), ...along(end, 0)],
  })[0];
}

/** Gives each window's gradient to the first of its values along the line that is the maximum, and adds up: [N, before, input, behind]. */
function toFirst(op: Builder, line: Line, { g, most, values }: { g: Value; most: Value; values: Value }): Value {
  const { kernel, stride, output, strides } = line;
  const parts = splitByStride(op, line, values);
  const windows = shape(op, line, output);
  const target = op.Reshape(most, windows);
  const sums: Value[] = [];
  let rest = op.Reshape(g, windows);
  for (let t = 0; t < kernel; t++) {
    const [part, skip] = [t % stride, Math.floor(t / stride)];
    const first = part * strides + skip;
    const value = () => op.Slice(parts, op.ints([first]), op.ints([first + output]), op.ints([2]));
    const passed = t === kernel - 1 ? rest : op.Mul(rest, isEqual(op, target, value()));
    if (passed !== rest) rest = op.Sub(rest, passed);
    const placed = padAlong(op, line, passed, [skip, strides - output - skip]);
    sums[part] = sums[part] === undefined ? placed : op.Add(sums[part], placed);
  }
  return joinStrides(op, line, sums);
}

/** 1 where two values are equal, of which the first is nowhere less: a steep HardSigmoid is faster than a comparison. */
function isEqual(op: Builder, most: Value, value: Value): Value {
  return op.node("HardSigmoid", [op.Sub(most, value)], { alpha: float(-(2 ** 126)), beta: float(1) })[0];
}

/**
 * Values by their place within a stride, [N, before, stride · strides, behind]: all first ones, then all second ones. They are put
 * together so that onnxruntime leaves the Transpose where it is: behind what reads them it would be far slower.
 */
function splitByStride(op: Builder, line: Line, values: Value): Value {
  const { stride, begin, input, strides } = line;
  const flat = op.Reshape(values, shape(op, line, input));
  const padded = padAlong(op, line, flat, [begin, strides * stride - input - begin], lowest);
  return swap(op, padded, line, [strides, stride]);
}

/** The opposite for sums, a part for each place within a stride. */
function joinStrides(op: Builder, line: Line, sums: readonly Value[]): Value {
  const { stride, begin, input, strides } = line;
  const joined = sums.length === 1 ? at(sums, 0) : op.Concat(...sums, { axis: 2 });
  const whole = swap(op, joined, line, [stride, strides]);
  return padAlong(op, line, whole, [-begin, input - strides * stride + begin]);
}

/** Reads what lies along the line as so many rows and columns, and swaps these. */
function swap(op: Builder, value: Value, line: Line, [rows, columns]: readonly [number, number]): Value {
  if (rows === 1 || columns === 1) return value;
  const table = op.Reshape(value, shape(op, line, rows, columns));
  const swapped = op.Transpose(table, { perm: line.behind === 1 ? [0, 1, 3, 2] : [0, 1, 3, 2, 4] });
  return op.Reshape(swapped, shape(op, line, rows * columns));
}

/** Adds elements before and behind those along the line, or cuts some off. */
function padAlong(op: Builder, { behind }: Line, value: Value, [front, back]: Ends, filling = 0): Value {
  if (front === 0 && back === 0) return value;
  const others = behind === 1 ? [] : [0];
  return op.Pad(value, op.ints([0, 0, front, ...others, 0, 0, back, ...others]), op.scalar(filling));
}

/** [N, before, ...along, behind]; a last axis of one element would make copies many times slower. */
function shape(op: Builder, { before, behind }: Line, ...along: readonly number[]): Value {
  return op.ints([0, before, ...along, ...(behind === 1 ? [] : [behind])]);
}
