/** @file From pixels to a model's input, as a graph: resize with antialiasing, crop or pad, scale, normalise. */

import { at, present } from "../../foundation/present.js";
import { Builder } from "../../onnx/builder.js";
import { emptyGraph, type Graph, type Value } from "../../onnx/graph.js";
import { float32, Tensor } from "../../onnx/tensor.js";
import type { Runtime } from "../../runtime/session.js";
import { SessionCache } from "../../runtime/session-cache.js";
import type { Box } from "../picture/resize.js";
import type { Preprocessing } from "./preprocessing.js";
import { appendResize } from "./resample.js";

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
  const { width, height, fit = "stretch", resize, resample } = preprocessing;
  const inputSize = op.ints([height, width]);
  if (fit === "stretch" && resize === undefined) return appendResize(op, pixels, inputSize, resample);
  const { resized, start } = appendSeenWindow(op, op.Shape(pixels, { start: 2 }), preprocessing);
  const picture = appendResize(op, pixels, resized, resample);
  if (fit === "letterbox") return appendMargins(op, picture, { resized, start, inputSize }, preprocessing.padding);
  if (!fallsShort(preprocessing)) return op.Slice(picture, start, op.Add(start, inputSize), op.ints([2, 3]));
  const [before, first] = [op.Min(start, op.ints([0])), op.Max(start, op.ints([0]))];
  const padded = appendMargins(op, picture, { resized: op.Min(resized, inputSize), start: before, inputSize });
  return op.Slice(padded, first, op.Add(first, inputSize), op.ints([2, 3]));
}

/** Whether a picture may be smaller than the input after it was resized. */
function fallsShort({ height, width, fit, resize }: Preprocessing): boolean {
  if (resize === undefined) return false;
  if (fit !== "crop") return resize.height < height || resize.width < width;
  return Math.min(resize.height, resize.width) < Math.max(height, width);
}

interface Window {
  readonly resized: Value;
  readonly start: Value;
  readonly inputSize: Value;
}

/** The picture at its place within the input, with a colour around it. */
function appendMargins(op: Builder, picture: Value, window: Window, colour: readonly number[] = []): Value {
  const before = op.Neg(window.start);
  const after = op.Sub(op.Sub(window.inputSize, window.resized), before);
  const none = op.ints([0, 0]);
  const pad = (planes: Value) => op.Pad(planes, op.Concat(none, before, none, after, { axis: 0 }));
  if (colour.every((value) => value === 0)) return pad(picture);
  const around = op.constant(float32([1, colour.length, 1, 1], colour), "around");
  return op.Add(pad(op.Sub(picture, around)), around);
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
  const [down, right] = targetSize(preprocessing);
  const target = op.ints([down, right]);
  if (fit === "stretch") {
    const start = [Math.trunc((down - height) / 2), Math.trunc((right - width) / 2)];
    return { resized: target, start: op.ints(start) };
  }
  const other = op.Div(op.Mul(op.ints([right, down]), size), op.Gather(size, op.ints([1, 0])));
  const resized = fit === "crop" ? op.Max(target, other) : op.Max(op.Min(target, other), op.ints([1]));
  if (isAtStart(preprocessing)) return { resized, start: op.ints([0, 0]) };
  return { resized, start: op.Div(op.Sub(resized, inputSize), op.ints([2])) };
}

/** Whether a picture in a letterbox lies at its upper left. */
function isAtStart({ fit, anchor }: Preprocessing): boolean {
  return fit === "letterbox" && anchor === "start";
}

/** Height and width that the picture is resized to, or to cover (crop), or to fit in (letterbox). */
function targetSize({ width, height, fit, resize, cropFraction = 0.875 }: Preprocessing): [number, number] {
  if (resize && fit !== "letterbox") return [resize.height, resize.width];
  const fraction = fit === "crop" ? cropFraction : 1;
  return [Math.round(height / fraction), Math.round(width / fraction)];
}

/** A side of the resized picture: of the target's length, or of the one that keeps the picture's shape. */
const choices = {
  stretch: (target: number, _other: number) => target,
  crop: Math.max,
  letterbox: (target: number, other: number) => Math.max(1, Math.min(target, other)),
};

/** The part of a picture of the given size that the network sees; a letterbox reaches beyond the picture. */
export function seenBox(preprocessing: Preprocessing, width: number, height: number): Box {
  const { fit = "stretch" } = preprocessing;
  const [down, right] = targetSize(preprocessing);
  const [otherDown, otherRight] = [Math.floor((right * height) / width), Math.floor((down * width) / height)];
  const choose = choices[fit];
  const axis = (inputSize: number, resized: number, size: number) => {
    const start = isAtStart(preprocessing) ? 0 : Math.trunc((resized - inputSize) / 2);
    return { start: (start * size) / resized, length: (inputSize * size) / resized };
  };
  const [x, y] = [
    axis(preprocessing.width, choose(right, otherRight), width),
    axis(preprocessing.height, choose(down, otherDown), height),
  ];
  return { x: x.start, y: y.start, width: x.length, height: y.length };
}

export interface Preprocessor {
  /** Pixels 0..255, whole ones or float32 ones, [N, C, H, W] of any size, to the model's input. */
  readonly run: (pixels: Uint8Array | Float32Array, dims: readonly [number, number, number, number]) => Promise<Tensor>;
  readonly close: () => Promise<void>;
}

/** The preprocessing alone: a session for each type of pixels. */
export async function openPreprocessor(preprocessing: Preprocessing, runtime: Runtime): Promise<Preprocessor> {
  const sessions = new SessionCache<PixelType>();
  const open = (type: PixelType) =>
    sessions.get(type, () => runtime.open(graphFor(preprocessing, type), { processor: true }));
  await open("uint8");
  return {
    async run(data, dims) {
      const type = data instanceof Uint8Array ? "uint8" : "float32";
      const { input } = await (await open(type)).run({ pixels: new Tensor(type, dims, data) });
      return present(input, "input of the network");
    },
    close: () => sessions.close(),
  };
}

type PixelType = "uint8" | "float32";

function graphFor(preprocessing: Preprocessing, type: PixelType): Graph {
  const op = new Builder(emptyGraph("preprocess"));
  const pixels = op.input("pixels", type, ["N", preprocessing.channels, "H", "W"]);
  op.output(appendPreprocessing(op, pixels, preprocessing), "input");
  return op.graph;
}
