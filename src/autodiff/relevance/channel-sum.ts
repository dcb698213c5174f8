/** @file The sum over channels of what a max pool sends to its maxima, without a plane for each channel in between. */

import type { Builder } from "../../onnx/builder.js";
import { type GraphNode, staticDims, type Value, type ValueInfo } from "../../onnx/graph.js";
import { int64, sizeOf } from "../../onnx/tensor.js";

/**
 * [N, C, ...] to [N, 1, ...]. What was added up at places of all channels is added up at the same places of one: a plane that the
 * processor's fast memory holds, where all of them together do not fit.
 * @param dims of the value, as far as they are known
 */
export function sumOverChannels(op: Builder, value: Value, dims: ValueInfo["dims"]): Value {
  const [channels, ...plane] = staticDims(dims?.slice(1)) ?? [];
  const scattered = scatteredFrom(op, value);
  if (channels === undefined || scattered === undefined) return op.ReduceSum(value, op.ints([1]), { keepdims: 1 });
  const { places, updates } = scattered;
  const size = sizeOf(plane);
  const images = op.Squeeze(op.Shape(places, { start: 0, end: 1 }), op.ints([0]));
  const flat = op.ints([-1]);
  const zeros = op.Expand(op.scalar(0), op.Reshape(op.Mul(images, op.int(size)), op.ints([1])));
  const before = op.Add(skipped(op, images, (channels - 1) * size), channelStarts(op, channels, size));
  const inPlane = op.Sub(op.Reshape(places, op.ints([0, channels, -1])), before);
  const sum = op.ScatterElements(zeros, op.Reshape(inPlane, flat), updates, { axis: 0, reduction: "add" });
  return op.Reshape(sum, op.ints([-1, 1, ...plane]));
}

/** How many places of other channels lie before each image's own: [N, 1, 1]. */
function skipped(op: Builder, images: Value, ofEach: number): Value {
  const before = op.Mul(op.Range(op.int(0), images, op.int(1)), op.int(ofEach));
  return op.Reshape(before, op.ints([-1, 1, 1]));
}

/** Where each channel begins in its image: [1, C, 1]. */
function channelStarts(op: Builder, channels: number, size: number): Value {
  const starts = Array.from({ length: channels }, (_, channel) => channel * size);
  return op.constant(int64(starts, [1, channels, 1]), "channels");
}

/** Of what a max pool sends to its maxima: its `Indices`, places in all of its input, and the flat numbers that are added up there. */
function scatteredFrom(op: Builder, value: Value): { readonly places: Value; readonly updates: Value } | undefined {
  const makerOf = (name = "") => op.graph.nodes.findLast(({ outputs }) => outputs.includes(name));
  const [scattered] = inputsOf(makerOf(value), "Reshape");
  const [, flatPlaces, updates = ""] = inputsOf(makerOf(scattered), "ScatterElements");
  const [places = ""] = inputsOf(makerOf(flatPlaces), "Reshape");
  return makerOf(places)?.op === "MaxPool" ? { places, updates } : undefined;
}

/** The inputs of a node, if it is one of an operator. */
function inputsOf(node: GraphNode | undefined, op: string): readonly Value[] {
  return node?.op === op ? node.inputs : [];
}
