/** @file From pixels to a model's input, as a graph: resize with antialiasing, crop or pad, scale, normalise. */

import { at, present } from "../../foundation/present.js";
import { type Attributes, Builder, float } from "../../onnx/builder.js";
import { emptyGraph, type Value } from "../../onnx/graph.js";
import { float32, Tensor } from "../../onnx/tensor.js";
import type { Runtime, Session } from "../../runtime/session.js";
import type { Box } from "../picture/resize.js";
import type { Preprocessing } from "./preprocessing.js";

/**
 * Appends the nodes from `pixels`, uint8 [N, C, H, W] in RGB order, to the model's input, float32 [N, C, height, width], or
 * [N, height, width, C] where the preprocessing says so.
 */
export function appendPreprocessing(op: Builder, pixels: Value, preprocessing: Preprocessing): Value {
  return appendNormalized(op, appendFit(op, op.Cast(pixels, { to: 1 }), preprocessing), preprocessing);
}

/** Appends the nodes from `fitted`, float32 [N, C, height, width] in RGB order, 0..255, to the model's input. */
export function appendNormalized(op: Builder, fitted: Value, preprocessing: Preprocessing): Value {
  const { channels, scale, mean, std, order = "rgb", layout = "nchw", whole = false } = preprocessing;
  const reversed = channels === 4 ? [2, 1, 0, 3] : [2, 1, 0];
  const ordered = order === "bgr" && channels > 1 ? op.Gather(fitted, op.ints(reversed), { axis: 1 }) : fitted;
  const perChannel = (values: readonly number[]) => op.constant(float32([1, channels, 1, 1], values), "channel");
  const normalized = op.Add(
    op.Mul(ordered, perChannel(std.map((s) => scale / s))),
    perChannel(mean.map((m, c) => -m / at(std, c))),
  );
  const input = whole ? op.Round(normalized) : normalized;
  return layout === "nhwc" ? op.Transpose(input, { perm: [0, 2, 3, 1] }) : input;
}

/** Resizes, and crops or pads, to the input size. */
function appendFit(op: Builder, pixels: Value, preprocessing: Preprocessing): Value {
  const { width, height, fit = "stretch" } = preprocessing;
  const inputSize = op.ints([height, width]);
  if (fit === "stretch") return appendResize(op, pixels, inputSize, preprocessing);
  const { resized, start } = appendSeenWindow(op, op.Shape(pixels, { start: 2 }), preprocessing);
  const picture = appendResize(op, pixels, resized, preprocessing);
  if (fit === "crop") return op.Slice(picture, start, op.Add(start, inputSize), op.ints([2, 3]));
  const before = op.Neg(start);
  const after = op.Sub(op.Sub(inputSize, resized), before);
  const none = op.ints([0, 0]);
  return op.Pad(picture, op.Concat(none, before, none, after, { axis: 0 }));
}

/**
 * The part of a picture that the network sees, as int64 [2] for rows and columns: the picture is `resized`, and the input
 * begins at `start`, which is negative in a letterbox. The arithmetic on sizes is `seenBox`'s, in the graph's own integers.
 * @param size the picture's, int64 [2]
 */
export function appendSeenWindow(
  op: Builder,
  size: Value,
  preprocessing: Preprocessing,
): { readonly resized: Value; readonly start: Value } {
  const { width, height, fit = "stretch" } = preprocessing;
  const inputSize = op.ints([height, width]);
  if (fit === "stretch") return { resized: inputSize, start: op.ints([0, 0]) };
  const [down, right] = targetSize(preprocessing);
  const target = op.ints([down, right]);
  const other = op.Div(op.Mul(op.ints([right, down]), size), op.Gather(size, op.ints([1, 0])));
  const resized = fit === "crop" ? op.Max(target, other) : op.Max(op.Min(target, other), op.ints([1]));
  return { resized, start: op.Div(op.Sub(resized, inputSize), op.ints([2])) };
}

function appendResize(op: Builder, pixels: Value, size: Value, { resample = "linear" }: Preprocessing): Value {
  if (resample === "linear") return appendResized(op, pixels, size, { mode: "linear", antialias: 1 });
  const cubic = { mode: "cubic", antialias: 1, cubic_coeff_a: float(-0.5) } as const;
  return op.Clip(appendResized(op, pixels, size, cubic), op.scalar(0), op.scalar(255));
}

/**
 * Planes [N, C, h, w] at another size, int64 [2]. All four sizes are written out: with the attribute `axes` instead,
 * onnxruntime refuses the graph where it moves a transpose through, and other runtimes don't know it.
 */
export function appendResized(op: Builder, planes: Value, size: Value, attributes: Attributes): Value {
  const sizes = op.Concat(op.Shape(planes, { start: 0, end: 2 }), size, { axis: 0 });
  return op.Resize(planes, undefined, undefined, sizes, attributes);
}

/** Height and width that the picture is resized to cover (crop) or to fit in (letterbox). */
function targetSize({ width, height, fit, cropFraction = 0.875 }: Preprocessing): [number, number] {
  const fraction = fit === "crop" ? cropFraction : 1;
  return [Math.round(height / fraction), Math.round(width / fraction)];
}

/** The part of a picture of the given size that the network sees; a letterbox reaches beyond the picture. */
export function seenBox(preprocessing: Preprocessing, width: number, height: number): Box {
  const { fit = "stretch" } = preprocessing;
  if (fit === "stretch") return { x: 0, y: 0, width, height };
  const [down, right] = targetSize(preprocessing);
  const [otherDown, otherRight] = [Math.floor((right * height) / width), Math.floor((down * width) / height)];
  const choose = fit === "crop" ? Math.max : (a: number, b: number) => Math.max(1, Math.min(a, b));
  const axis = (inputSize: number, resized: number, size: number) => {
    const start = Math.trunc((resized - inputSize) / 2);
    return { start: (start * size) / resized, length: (inputSize * size) / resized };
  };
  const [x, y] = [
    axis(preprocessing.width, choose(right, otherRight), width),
    axis(preprocessing.height, choose(down, otherDown), height),
  ];
  return { x: x.start, y: y.start, width: x.length, height: y.length };
}

export interface Preprocessor {
  /** Pixels 0..255, [N, C, H, W] of any size, to the model's input. */
  readonly run: (pixels: Uint8Array, dims: readonly [number, number, number, number]) => Promise<Tensor>;
  readonly close: () => Promise<void>;
}

/** A session of the preprocessing alone. */
export async function openPreprocessor(preprocessing: Preprocessing, runtime: Runtime): Promise<Preprocessor> {
  const op = new Builder(emptyGraph("preprocess"));
  const pixels = op.input("pixels", "uint8", ["N", preprocessing.channels, "H", "W"]);
  op.output(appendPreprocessing(op, pixels, preprocessing), "input");
  const session: Session = await runtime.open(op.graph, { processor: true });
  return {
    async run(data, dims) {
      const { input } = await session.run({ pixels: new Tensor("uint8", dims, data) });
      return present(input, "input of the network");
    },
    close: () => session.close(),
  };
}
