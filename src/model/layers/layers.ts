/** @file Which values of a network can be explained, and the choice among them. */

import { FoveaError, unknownName } from "../../foundation/error.js";
import { type Dim, dimsOf, producers, typeOf, type Value } from "../../onnx/graph.js";
import { ancestors, descendants } from "../../onnx/prune.js";
import type { Model } from "../model.js";
import { channelsLast, type GridOptions, gridOf, type Layout, layoutsOf } from "./layout.js";
import { type Quantization, quantizationOf } from "./quantization.js";
import { isOnEveryPath, type Reach, reach } from "./reach.js";

/** A spatial feature map on the way from the image to the scores. */
export interface Layer {
  readonly name: Value;
  /** Name of the node that makes it. */
  readonly node: string;
  readonly op: string;
  /** In the layer's own layout. */
  readonly dims: readonly Dim[];
  /** How its elements lie on the picture. */
  readonly layout: Layout;
  /** How to read it, where it is quantised. */
  readonly quantization?: Quantization;
}

export interface ChosenLayer extends Layer {
  /** Why it was chosen, for people. */
  readonly reason: string;
}

/**
 * The network's input as a layer, for methods that explain pixels.
 * @throws FoveaError `bad-graph` for an input that is no picture
 */
export function imageLayer({ input }: Model): ChosenLayer {
  const { name, dims = [] } = input;
  if (dims.length !== 4) {
    const got = `[${dims.join(", ")}]`;
    throw new FoveaError("bad-graph", `input "${name}": expected images [N, C, H, W] or [N, H, W, C], got ${got}`);
  }
  const layout = channelsLast(dims) ? "nhwc" : "nchw";
  return { name, node: "", op: "Input", dims, layout, reason: "the method explains pixels" };
}

/** All feature maps larger than 1x1 between image and scores, in order of computation. */
export function explainableLayers(model: Model, options: GridOptions = {}): Layer[] {
  const { graph, input, scores } = model;
  const [after, before] = [descendants(graph, [input.name]), ancestors(graph, [scores])];
  const layouts = layoutsOf(graph, input.name, options);
  const copied = new Set(
    graph.nodes.flatMap(({ op, inputs, outputs }) => (op === "Identity" && outputs[0] === scores ? inputs : [])),
  );
  return graph.nodes.flatMap((node) => {
    const name = node.outputs[0] as Value;
    const [layout, dims] = [layouts.get(name), dimsOf(graph, name)];
    if (layout === undefined || dims === undefined || name === scores || copied.has(name)) return [];
    if (!after.has(name) || !before.has(name)) return [];
    const { height, width } = gridOf(layout, dims);
    if (height === 1 && width === 1) return [];
    const layer = { name, node: node.name, op: node.op, dims, layout };
    if (typeOf(graph, name)?.type === "float32") return [layer];
    const quantization = quantizationOf(graph, name);
    return quantization ? [{ ...layer, quantization }] : [];
  });
}

/** `12x24x24`: channels, rows and columns. */
export function layerSize({ layout, dims }: Layer, times = "x"): string {
  const { channels, height, width } = gridOf(layout, dims);
  return [channels, height, width].map((size) => (size === "" ? "?" : size)).join(times);
}

/**
 * How many channels a layer has.
 * @throws FoveaError `bad-graph` where the graph does not tell
 */
export function channelsOf({ name, layout, dims }: Layer): number {
  const { channels } = gridOf(layout, dims);
  if (typeof channels === "number") return channels;
  throw new FoveaError("bad-graph", `layer "${name}": expected a known number of channels, got [${dims.join(", ")}]`);
}

/** How a layer's elements lie, for people; empty for planes. */
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
 * Finds a layer. `auto` is the last feature map on every path to the scores, and in a transformer the last tokens through which
 * every place still reaches the scores; -1 is the same, -2 the last one of the next larger size, and so on; otherwise the name of
 * a value or node, or a unique part of one.
 * @throws FoveaError `unknown-name`, or `bad-graph` where there is no feature map, or the value is no feature map
 */
export function chooseLayer(model: Model, wanted: string | number, options: GridOptions = {}): ChosenLayer {
  const layers = explainableLayers(model, options);
  if (layers.length === 0) {
    throw new FoveaError(
      "bad-graph",
      "layer auto: expected a feature map [N, C, H, W] before the scores, the network has none",
    );
  }
  if (wanted === "auto") return automatic(model, layers);
  if (typeof wanted === "number" || /^-\d+$/.test(wanted)) return stage(model, layers, Number(wanted));
  const named = layers.filter(({ name, node }) => name === wanted || node === wanted);
  const found = named.length > 0 ? named : layers.filter(({ name }) => name.includes(wanted));
  if (found.length === 1) return { ...(found[0] as Layer), reason: "as given" };
  if (found.length > 1) {
    const some = found.slice(0, 5).map(({ name }) => name);
    throw new FoveaError(
      "unknown-name",
      `layer "${wanted}": expected a unique name, got ${found.length} that contain it: ${some.join(", ")}`,
    );
  }
  throw notALayer(model, wanted, layers);
}

/** What only moves, resizes or squashes what it is given. */
const rearranging = new Set([
  ...["Identity", "Cast", "Transpose", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Slice", "Resize"],
  ...["Softmax", "LogSoftmax", "Sigmoid", "QuantizeLinear", "DequantizeLinear"],
]);

/** Of a target that reads an output with places, such as boxes or segments: that output's map shows the scores, not features. */
function withoutOutputs({ graph, readFrom = [] }: Model, layers: readonly Layer[]): readonly Layer[] {
  const made = producers(graph);
  const begins = readFrom.map((value) => {
    let node = made.get(value);
    let first = value;
    while (node && rearranging.has(node.op)) {
      first = node.inputs[0] as Value;
      node = made.get(first);
    }
    return first;
  });
  const behind = descendants(graph, begins);
  const before = layers.filter(({ name }) => !behind.has(name));
  return before.length > 0 ? before : layers;
}

/** Behind a transformer's last attention only the class token counts, and the gradient at all places is zero. */
function automatic(model: Model, all: readonly Layer[]): ChosenLayer {
  const layers = withoutOutputs(model, all);
  const reaches = new Map<Layer, Reach | undefined>();
  const reachOf = (layer: Layer) => {
    if (!reaches.has(layer)) reaches.set(layer, reach(model, layer.name, layer.layout));
    return reaches.get(layer);
  };
  const last = layers.findLast((layer) => reachOf(layer) !== undefined);
  if (last === undefined) {
    throw new FoveaError(
      "bad-graph",
      "layer auto: expected a feature map whose places reach the scores, the network has none: name a layer",
    );
  }
  if (typeof last.layout === "string" || reachOf(last) === "pooled") {
    const whole = layers.findLast((layer) => isOnEveryPath(model, layer.name) && reachOf(layer) !== undefined);
    const chosen = whole ?? last;
    if (chosen !== last) return { ...chosen, reason: "the last feature map on every path to the scores" };
    const tokens = typeof last.layout !== "string";
    return {
      ...last,
      reason: tokens
        ? "the last tokens before they are taken together for the scores"
        : "the last feature map before the scores",
    };
  }
  const grid = describeLayout(last.layout);
  const read = layers.findLast(
    (layer) =>
      describeLayout(layer.layout) === grid && !isProjection(model, layer.name) && reachOf(layer) === "attended",
  );
  const chosen = read ?? last;
  const unread = layers.slice(layers.indexOf(chosen) + 1).some((layer) => reachOf(layer) === undefined);
  return {
    ...chosen,
    reason: unread
      ? "the last tokens before the last attention: behind it only the class token reaches the scores, so the gradient at every place is zero"
      : "the last tokens before an attention takes them together for the scores",
  };
}

/** Whether a linear layer made it, as queries, keys and values together are made. */
function isProjection({ graph, input }: Model, value: Value): boolean {
  const [made, seen] = [producers(graph), descendants(graph, [input.name])];
  const weighted = (name: Value | undefined, op: string) => {
    const node = made.get(name ?? "");
    return node?.op === op && node.inputs.some((each) => !seen.has(each)) ? node : undefined;
  };
  const shifted = weighted(value, "Add");
  return [value, ...(shifted?.inputs ?? [])].some((name) => weighted(name, "MatMul") !== undefined);
}

/** The last layer of each spatial size, the last first: what `auto` (or -1), -2, -3 ... stand for. */
export function stages(model: Model, options: GridOptions = {}): ChosenLayer[] {
  return stagesAmong(model, explainableLayers(model, options));
}

function stagesAmong(model: Model, layers: readonly Layer[]): ChosenLayer[] {
  const last = automatic(model, layers);
  const [, ...ends] = lastOfEachSize(layers.slice(0, layers.findIndex(({ name }) => name === last.name) + 1));
  return [last, ...ends.map((layer) => ({ ...layer, reason: `the last feature map of ${gridSize(layer)}` }))];
}

/** The last first. */
function lastOfEachSize(layers: readonly Layer[]): Layer[] {
  return layers
    .filter((layer, i) => i === layers.length - 1 || gridSize(layer) !== gridSize(layers[i + 1] as Layer))
    .reverse();
}

function gridSize({ layout, dims }: Layer): string {
  const { height, width } = gridOf(layout, dims);
  return `${height}x${width}`;
}

function stage(model: Model, layers: readonly Layer[], index: number): ChosenLayer {
  const all = stagesAmong(model, layers);
  const chosen = all[-1 - index];
  if (chosen) return chosen;
  throw new FoveaError("unknown-name", `layer ${index}: expected -1 to -${all.length} for this network`);
}

function notALayer(model: Model, wanted: string, layers: readonly Layer[]): FoveaError {
  const dims = dimsOf(model.graph, wanted);
  const exists = producers(model.graph).has(wanted) || dims !== undefined;
  if (!exists)
    return unknownName(
      "layer",
      wanted,
      layers.map(({ name }) => name),
    );
  const shape = dims ? `[${dims.join(", ")}]` : "of unknown shape";
  const tokens = dims?.length === 3 ? " (for tokens whose grid is not recognised, say which it is)" : "";
  const aside = ancestors(model.graph, [model.scores]).has(wanted) ? "" : ", which the scores do not depend on";
  const some = lastOfEachSize(layers).slice(0, 5);
  return new FoveaError(
    "bad-graph",
    `layer "${wanted}": expected a feature map [N, C, H, W] on the way to the scores, got one ${shape}${aside}${tokens}: ` +
      `on the way lie ${some.map((layer) => `${layer.name} (${layerSize(layer)})`).join(", ")}`,
  );
}
