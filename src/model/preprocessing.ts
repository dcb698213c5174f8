/** @file The preprocessing of a model: from its metadata or a file beside it, else the usual recipe for its input. */

import { FoveaError } from "../foundation/error.js";
import { isPreprocessing, type Preprocessing } from "../image/input/preprocessing.js";
import type { Dim, Value } from "../onnx/graph.js";
import { numbers, type Tensor } from "../onnx/tensor.js";
import { photoAxes } from "./input/image-axes.js";
import { isWholeType } from "./input/whole-types.js";
import type { Model } from "./model.js";

export interface ChosenPreprocessing {
  readonly preprocessing: Preprocessing;
  /** Where it comes from, for people. */
  readonly origin: string;
}

/** Size of the crop of the usual ImageNet recipe, where the model leaves its input size open. */
const imageNetSize = 224;
/** From this size on the usual recipe crops; smaller inputs take the whole picture. */
const smallestCropped = 128;

/**
 * The preprocessing in the model's card, else the usual recipe with the settings beside the file; the user's parts win over both.
 * @throws FoveaError `bad-graph` when the input is no image of 1, 3 or 4 channels, `bad-input` for parts that contradict it
 */
export function preprocessingOf(model: Model): ChosenPreprocessing {
  const { input, card, beside, given } = model;
  const recipe = card.preprocessing
    ? { preprocessing: card.preprocessing, origin: "stored with the model" }
    : override(usualRecipe(model), beside?.preprocessing, beside?.origin);
  const choice = override(
    recipe,
    given?.preprocessing,
    `${recipe.origin}; ${partNames(given?.preprocessing)} as given`,
  );
  const { channels, height, width, layout = "nchw" } = choice.preprocessing;
  const dims = photoAxes(model);
  const fits = (dim: Dim | undefined, size: number) => typeof dim !== "number" || dim === size;
  const agrees =
    dims?.layout === layout && fits(dims.channels, channels) && fits(dims.height, height) && fits(dims.width, width);
  if (agrees && isPreprocessing(choice.preprocessing)) return choice;
  throw new FoveaError(
    "bad-input",
    `preprocessing (${choice.origin}): expected one that makes [${input.dims?.join(", ")}], got ${JSON.stringify(choice.preprocessing).slice(0, 300)}`,
  );
}

/** A preprocessing of which some parts are replaced. */
function override(
  { preprocessing, origin }: ChosenPreprocessing,
  parts: Partial<Preprocessing> | undefined,
  newOrigin = origin,
): ChosenPreprocessing {
  if (parts === undefined || Object.keys(parts).length === 0) return { preprocessing, origin };
  const result = { ...preprocessing, ...parts };
  const perChannel = (values: readonly number[]) =>
    values.length === 1 ? Array.from({ length: result.channels }, () => values[0] ?? Number.NaN) : values;
  return {
    preprocessing: { ...result, mean: perChannel(result.mean), std: perChannel(result.std) },
    origin: newOrigin,
  };
}

function partNames(parts: Partial<Preprocessing> = {}): string {
  const names = Object.keys(parts);
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/** The largest first factor that can only bring pixels of 0 to 255 to the range of a network. */
const largestPixelFactor = 0.02;
/** The smallest number that, subtracted at first, can only be a mean of such pixels. */
const leastPixelMean = 4;
/** Operators that only move, cut or join pixels. */
const moving = new Set([
  ...["Identity", "Cast", "Transpose", "Slice", "Gather", "Squeeze", "Unsqueeze", "Concat", "Pad", "Resize"],
]);

/**
 * Whether the network scales or centres pixels of 0 to 255 itself, before anything else, as Keras' Rescaling and Normalization
 * layers do.
 */
function scalesPixels({ graph, input }: Model): boolean {
  const constant = (value: Value | undefined) => numbersOf(graph.initializers.get(value ?? ""));
  const pixels = new Set<Value>([input.name]);
  for (const { op, inputs, outputs } of graph.nodes) {
    const i = inputs.findIndex((value) => pixels.has(value));
    if (i < 0) continue;
    const others = constant(inputs[1 - i]);
    const small = (values: readonly number[]) => values.every((value) => Math.abs(value) <= largestPixelFactor);
    const large = (values: readonly number[]) => values.every((value) => value >= leastPixelMean);
    if (op === "Sub" && i === 0 && others.length > 0) return large(others);
    if (op === "Add" && others.length > 0) return large(others.map((value) => -value));
    if (op === "Mul" && others.length > 0) return small(others);
    if (op === "Div" && i === 0 && others.length > 0) return small(others.map((value) => 1 / value));
    if (op === "Shape") continue;
    if (!moving.has(op)) return false;
    for (const output of outputs) pixels.add(output);
  }
  return false;
}

/** The numbers of a small constant; none for another value. */
function numbersOf(tensor: Tensor | undefined): number[] {
  return tensor !== undefined && tensor.size <= 4 ? numbers(tensor) : [];
}

function usualRecipe(model: Model): ChosenPreprocessing {
  const { input } = model;
  const dims = photoAxes(model);
  if (dims === undefined) {
    throw new FoveaError(
      "bad-graph",
      `input "${input.name}": expected images [N, 1, 3 or 4, H, W] or [N, H, W, 1, 3 or 4] to make of a photo, got [${input.dims?.join(", ") ?? "?"}]: give arrays of that shape as .npy files`,
    );
  }
  const { channels, layout } = dims;
  const [width, height] = [sizeOr(dims.width, imageNetSize), sizeOr(dims.height, imageNetSize)];
  const size = { width, height, scale: 1 / 255, ...(layout === "nhwc" ? { layout } : {}) };
  const perChannel = (value: number) => Array<number>(channels).fill(value);
  const { type } = model.fileInput;
  if (isWholeType(type)) {
    const mean = perChannel(type === "int8" ? 128 : 0);
    const range = type === "int8" ? "-128 to 127" : "0 to 255";
    return {
      preprocessing: { ...size, scale: 1, channels, mean, std: perChannel(1), whole: true },
      origin: `assumed: whole pixels from ${range}, as an input of ${type} takes them`,
    };
  }
  if (scalesPixels(model)) {
    return {
      preprocessing: { ...size, scale: 1, channels, mean: perChannel(0), std: perChannel(1) },
      origin: "assumed: pixels from 0 to 255, which the network scales itself",
    };
  }
  if (channels === 1)
    return { preprocessing: { ...size, channels, mean: [0], std: [1] }, origin: "assumed: grey values from 0 to 1" };
  if (channels === 4)
    return {
      preprocessing: { ...size, channels, mean: perChannel(0), std: perChannel(1) },
      origin: "assumed: red, green, blue and opacity from 0 to 1",
    };
  const imageNet = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
  const fit = Math.min(width, height) < smallestCropped ? {} : ({ fit: "crop" } as const);
  return {
    preprocessing: { ...size, channels, ...imageNet, ...fit },
    origin: `assumed: RGB with ImageNet's mean and deviation${fit.fit ? ", the middle 7/8 of the picture" : ""}`,
  };
}

function sizeOr(size: Dim | undefined, fallback: number): number {
  return typeof size === "number" ? size : fallback;
}
