/** @file How an input lies: where its channels and its places are, as its sizes and its first operators tell. */

import {
  type Dim,
  type Graph,
  type GraphNode,
  int as intAttribute,
  ints as intsAttribute,
  type Value,
  type ValueInfo,
} from "../../onnx/graph.js";
import { type AxisOrder, channelsIn, placesIn } from "./axis-order.js";
import { planar } from "./planar.js";

/** The axes of an input with places. */
export interface InputAxes {
  readonly layout: AxisOrder;
  readonly channels: Dim;
  /** Of the places, the outermost axis first. */
  readonly sizes: readonly Dim[];
}

/** The axes of an image input. */
export interface ImageAxes {
  readonly layout: "nchw" | "nhwc";
  readonly channels: Dim;
  readonly height: Dim;
  readonly width: Dim;
}

/** A graph with its image input, as a model has them. */
export interface ImageInput {
  readonly graph: Graph;
  readonly input: ValueInfo;
}

/** The axes of an input of signals, pictures, volumes or clips; undefined for one of another rank. */
export function inputAxes({ graph, input: { dims, name } }: ImageInput): InputAxes | undefined {
  const layout = dims && orderOf(graph, name, dims);
  return dims && layout && { layout, channels: channelsIn(layout, dims), sizes: placesIn(layout, dims) };
}

/** The axes of an input [N, C, H, W] or [N, H, W, C]; undefined for one of another rank. */
export function imageAxes(image: ImageInput): ImageAxes | undefined {
  const { layout, channels = "", sizes: [height = "", width = ""] = [] } = inputAxes(image) ?? {};
  return layout === "nchw" || layout === "nhwc" ? { layout, channels, height, width } : undefined;
}

/** The order of an input's axes: its channels are where the first convolution looks for them, else where the sizes look like it. */
function orderOf(graph: Graph, input: Value, dims: readonly Dim[]): AxisOrder | undefined {
  if (dims.length === 4) return channelsLast(graph, input, dims) ? "nhwc" : "nchw";
  const use = firstUse(graph, input, dims.length);
  const channels = use?.axes.length === dims.length ? use.axes[1] : undefined;
  if (dims.length === 3) return channels === 2 ? "nlc" : "ncl";
  if (dims.length !== 5) return undefined;
  const isColour = (axis: number) => dims[axis] === 1 || dims[axis] === 3;
  switch (channels ?? [1, 2, 4].find(isColour)) {
    case 2:
      return "ndchw";
    case 4:
      return "ndhwc";
    default:
      return "ncdhw";
  }
}

/** Numbers of channels that photos have: grey, colour, and colour with opacity. */
const photoChannels = [1, 3, 4] as const;
/** Channels of a photo. */
export type PhotoChannels = (typeof photoChannels)[number];

/** The axes of an input that photos can be made for; undefined for one of another rank or number of channels. */
export function photoAxes(image: ImageInput): (ImageAxes & { readonly channels: PhotoChannels }) | undefined {
  const axes = imageAxes(image);
  const channels = photoChannels.find((count) => count === axes?.channels);
  return axes && channels ? { ...axes, channels } : undefined;
}

/** Whether an image input of four sizes is [N, H, W, C]: where the first convolution looks for channels, else where a photo's fit. */
export function channelsLast(graph: Graph, input: Value, dims: readonly Dim[]): boolean {
  const use = firstUse(graph, input);
  if (use?.axes.length === 4) return use.axes[1] === 3;
  return areChannelsLast(dims);
}

/** Whether sizes alone look like [N, H, W, C]: grey or colour at their end, and not in second place. */
export function areChannelsLast(dims: readonly Dim[]): boolean {
  const isColour = (dim: Dim | undefined) => dim === 1 || dim === 3;
  return isColour(dims[3]) && !isColour(dims[1]);
}

/** The first convolution, pool or normalisation of a graph's input. */
export interface FirstUse {
  readonly node: GraphNode;
  /** Which of the input's axes lie where: [0, 3, 1, 2] behind a Transpose from channels last. */
  readonly axes: readonly number[];
  /** How many channels the node reads of the input; undefined where it does not tell. */
  readonly channels: number | undefined;
}

/** Operators that leave every axis where it is. */
const inPlace = new Set([
  ...["Identity", "Cast", "CastLike", "Add", "Sub", "Mul", "Div", "Neg", "Abs", "Pow", "Sqrt", "Clip", "Min", "Max"],
  ...["Round", "Floor", "Ceil", "QuantizeLinear", "DequantizeLinear", "DynamicQuantizeLinear", "Pad", "Resize", "Relu"],
]);
/** Operators that take some of the channels, or put them in another order. */
const choosing = new Set(["Slice", "Gather", "Split", "Concat"]);

/** Follows an input of unknown rank, or of the rank that its sizes tell, to the first node that knows where its channels are. */
export function firstUse(graph: Graph, input: Value, rank?: number): FirstUse | undefined {
  const orders = new Map<Value, { readonly axes: readonly number[] | undefined; readonly whole: boolean }>();
  orders.set(input, { axes: undefined, whole: true });
  for (const node of graph.nodes) {
    const source = node.inputs.find((value) => orders.has(value));
    const order = orders.get(source ?? "");
    if (order === undefined) continue;
    if (planar.has(node.op)) {
      const reads = weightOf(graph, node);
      const count = reads?.rank ?? order.axes?.length ?? rank ?? 4;
      const axes = order.axes ?? Array.from({ length: count }, (_, i) => i);
      return { node, axes, channels: order.whole ? reads?.channels : undefined };
    }
    const next = node.op === "Transpose" ? { ...order, axes: transposed(node, order.axes, rank) } : order;
    const follows = node.op === "Transpose" || inPlace.has(node.op) || choosing.has(node.op);
    const whole = next.whole && !choosing.has(node.op);
    if (follows) for (const output of node.outputs) orders.set(output, { axes: next.axes, whole });
  }
  return undefined;
}

function transposed(node: GraphNode, axes: readonly number[] | undefined, rank = 4): readonly number[] {
  const perm = intsAttribute(node, "perm") ?? Array.from({ length: rank }, (_, i) => rank - 1 - i);
  return perm.map((axis) => axes?.[axis] ?? axis);
}

/** Channels and rank of what a convolution reads. */
function weightOf(graph: Graph, node: GraphNode): { readonly channels: number; readonly rank: number } | undefined {
  if (!["Conv", "ConvInteger", "QLinearConv"].includes(node.op)) return undefined;
  const dims = graph.initializers.get(node.inputs[node.op === "QLinearConv" ? 3 : 1] ?? "")?.dims;
  const [, perGroup] = dims ?? [];
  return dims && perGroup !== undefined
    ? { channels: perGroup * intAttribute(node, "group", 1), rank: dims.length }
    : undefined;
}
