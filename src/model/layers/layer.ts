/** @file A layer: a feature map of the network, its size and how people read it. */

import { FoveaError } from "../../foundation/error.js";
import type { Dim, Value } from "../../onnx/graph.js";
import { isChannelsFirst } from "../input/axis-order.js";
import { type ImageAxes, type InputAxes, imageAxes, inputAxes } from "../input/image-axes.js";
import type { Model } from "../model.js";
import { gridOf, type Layout } from "./layout.js";
import type { Quantization } from "./quantization.js";

/** A feature map with places, between the image and the scores. */
export interface Layer {
  readonly name: Value;
  /** Name of the node that makes it. */
  readonly node: string;
  readonly op: string;
  /** In the layer's own layout. */
  readonly dims: readonly Dim[];
  /** The way its elements lie on the picture. */
  readonly layout: Layout;
  /** The scale and zero point of a quantised layer. */
  readonly quantization?: Quantization;
}

export interface ChosenLayer extends Layer {
  /** Why this layer, for people. */
  readonly reason: string;
  /** Why another layer may be the right one, and how to choose it, for people; of a layer that was chosen automatically. */
  readonly doubt?: string;
}

/** `12x24x24`: channels, and the places of each axis. */
export function layerSize({ layout, dims }: Layer, times = "x"): string {
  const { channels, sizes } = gridOf(layout, dims);
  return [channels, ...sizes].map((size) => (size === "" ? "?" : size)).join(times);
}

/** The places of each axis of a layer: `7x7`. */
export function gridSize({ layout, dims }: Layer): string {
  return gridOf(layout, dims).sizes.join("x");
}

/**
 * The number of channels of a layer.
 * @throws FoveaError `bad-graph` where the graph does not tell
 */
export function channelsOf({ name, layout, dims }: Layer): number {
  const { channels } = gridOf(layout, dims);
  if (typeof channels === "number") return channels;
  throw new FoveaError("bad-graph", `layer "${name}": expected a known number of channels, got [${dims.join(", ")}]`);
}

/** A layout for people; empty where the channels come first. */
export function describeLayout(layout: Layout): string {
  if (typeof layout === "string") {
    if (isChannelsFirst(layout)) return "";
    return layout.endsWith("c") ? "channels last" : "channels behind slices";
  }
  const { sizes, skip } = layout.tokens;
  return `${sizes.join("x")} tokens${skip > 0 ? ` after ${skip} other${skip > 1 ? "s" : ""}` : ""}`;
}

/** `Relu, 12x24x24, channels last`. */
export function describeLayer(layer: Layer): string {
  return [layer.op, layerSize(layer), describeLayout(layer.layout)].filter((part) => part !== "").join(", ");
}

/** What an input of so many axes is, for people. */
const kinds: Readonly<Record<number, string>> = { 3: "a signal [N, C, L]", 5: "a volume or a clip [N, C, D, H, W]" };

/**
 * The axes of an input of pictures.
 * @throws FoveaError `bad-graph` for a volume, a signal, and anything else
 */
export function checkPictures(model: Model): ImageAxes {
  const axes = imageAxes(model);
  if (axes !== undefined) return axes;
  const kind = kinds[model.input.dims?.length ?? 0];
  throw inputError(model, "images [N, C, H, W] or [N, H, W, C]", kind ? `, which is ${kind}` : "");
}

/**
 * The axes of an input of pictures, signals, volumes or clips.
 * @throws FoveaError `bad-graph` for anything else
 */
export function checkPlaces(model: Model): InputAxes {
  const axes = inputAxes(model);
  if (axes !== undefined) return axes;
  throw inputError(model, "images [N, C, H, W], signals [N, C, L], or volumes or clips [N, C, D, H, W]", "");
}

function inputError({ input: { name, dims } }: Model, expected: string, kind: string): FoveaError {
  return new FoveaError("bad-graph", `input "${name}": expected ${expected}, got [${dims?.join(", ") ?? "?"}]${kind}`);
}

/**
 * The network's input as a layer, for methods that explain pixels.
 * @throws FoveaError `bad-graph` for an input without places
 */
export function imageLayer(model: Model): ChosenLayer {
  const { name, dims = [] } = model.input;
  const { layout } = checkPlaces(model);
  const what = layout.includes("h") ? "pixels" : "samples";
  return { name, node: "", op: "Input", dims, layout, reason: `the method explains ${what}` };
}
