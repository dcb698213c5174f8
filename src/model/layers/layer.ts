/** @file A layer: a feature map of the network, its size and how people read it. */

import { FoveaError } from "../../foundation/error.js";
import type { Dim, Value } from "../../onnx/graph.js";
import { type ImageAxes, imageAxes } from "../input/image-axes.js";
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

/** `12x24x24`: channels, rows and columns. */
export function layerSize({ layout, dims }: Layer, times = "x"): string {
  const { channels, height, width } = gridOf(layout, dims);
  return [channels, height, width].map((size) => (size === "" ? "?" : size)).join(times);
}

/** Rows and columns of a layer: `7x7`. */
export function gridSize({ layout, dims }: Layer): string {
  const { height, width } = gridOf(layout, dims);
  return `${height}x${width}`;
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

/** A layout for people; empty for planes. */
export function describeLayout(layout: Layout): string {
  if (layout === "nchw") return "";
  if (layout === "nhwc") return "channels last";
  const { height, width, skip } = layout.tokens;
  return `${height}x${width} tokens${skip > 0 ? ` after ${skip} other${skip > 1 ? "s" : ""}` : ""}`;
}

/** `Relu, 12x24x24, channels last`. */
export function describeLayer(layer: Layer): string {
  return [layer.op, layerSize(layer), describeLayout(layer.layout)].filter((part) => part !== "").join(", ");
}

/**
 * The axes of an input of pictures.
 * @throws FoveaError `bad-graph` for a volume, a signal, and anything else
 */
export function checkPictures(model: Model): ImageAxes {
  const axes = imageAxes(model);
  if (axes !== undefined) return axes;
  const { name, dims } = model.input;
  const kinds: Readonly<Record<number, string>> = { 3: "a signal [N, C, L]", 5: "a volume [N, C, D, H, W]" };
  const kind = kinds[dims?.length ?? 0];
  const got = `[${dims?.join(", ") ?? "?"}]`;
  const advice = kind ? `, which is ${kind}: of these no maps are made yet, only of pictures` : "";
  throw new FoveaError(
    "bad-graph",
    `input "${name}": expected images [N, C, H, W] or [N, H, W, C], got ${got}${advice}`,
  );
}

/**
 * The network's input as a layer, for methods that explain pixels.
 * @throws FoveaError `bad-graph` for an input that is no picture
 */
export function imageLayer(model: Model): ChosenLayer {
  const { name, dims = [] } = model.input;
  const axes = checkPictures(model);
  return { name, node: "", op: "Input", dims, layout: axes.layout, reason: "the method explains pixels" };
}
