/** @file How far around a place a level's scores look in a map: the part of the map that a single box depends on. */

import { type Graph, type GraphNode, int, ints, readsOf, type Value } from "../../../onnx/graph.js";
import { descendants, prune } from "../../../onnx/prune.js";
import { sizesOfOne } from "../element.js";

/** Operators that compute every place of itself alone. */
const placewise = new Set([
  ...["Identity", "Add", "Sub", "Mul", "Div", "Neg", "Abs", "Pow", "Sqrt", "Exp", "Log", "Min", "Max", "Clip", "Relu"],
  ...["LeakyRelu", "PRelu", "Elu", "Selu", "Celu", "Sigmoid", "Tanh", "Softplus", "HardSigmoid", "HardSwish", "Mish"],
  ...["Gelu", "Erf", "BatchNormalization"],
]);
/** Those that cut or join along one axis. */
const alongOneAxis = new Set(["Concat", "Split", "Slice"]);

/**
 * How many places to each side of its own a number of the scores depends on, in a map [N, C, H, W] of the same places; undefined where
 * something between the two looks at all places, moves them, or reads anything else of the image.
 */
export function windowRadius(graph: Graph, map: Value, scores: readonly Value[]): number | undefined {
  const grid = sizesOfOne(graph, map)?.slice(2);
  const between = prune(graph, scores, [map]);
  if (grid?.length !== 2 || between.inputs.some(({ name }) => name !== map)) return undefined;
  const after = descendants(between, [map]);
  const radii = new Map<Value, number>([[map, 0]]);
  for (const node of between.nodes) {
    const reads = readsOf(node).filter((value) => after.has(value));
    if (reads.length === 0) continue;
    const own = radiusOf(between, node, after);
    if (own === undefined) return undefined;
    for (const output of node.outputs.filter((value) => value !== "")) {
      const sizes = sizesOfOne(graph, output);
      if (sizes?.length !== 4 || sizes[2] !== grid[0] || sizes[3] !== grid[1]) return undefined;
      radii.set(output, own + Math.max(...reads.map((value) => radii.get(value) ?? 0)));
    }
  }
  const found = scores.map((value) => radii.get(value));
  return found.every((radius): radius is number => radius !== undefined) ? Math.max(...found) : undefined;
}

/** How far a node looks itself; undefined where it is not the same at every place. */
function radiusOf(graph: Graph, node: GraphNode, after: ReadonlySet<Value>): number | undefined {
  if (node.op === "Conv" || node.op === "MaxPool") return kernelRadius(graph, node);
  if (alongOneAxis.has(node.op)) return isAlongChannels(graph, node) ? 0 : undefined;
  if (!placewise.has(node.op)) return undefined;
  const others = node.inputs.filter((value) => value !== "" && !after.has(value));
  return others.every((value) => isSameAtAllPlaces(graph, value)) ? 0 : undefined;
}

/** Of a kernel that leaves the number of places as it is, with as much padding on both sides. */
function kernelRadius(graph: Graph, node: GraphNode): number | undefined {
  const [across, down] =
    ints(node, "kernel_shape") ?? graph.initializers.get(node.inputs[1] ?? "")?.dims.slice(2) ?? [];
  const pads = ints(node, "pads") ?? [0, 0, 0, 0];
  const isPlain = (ints(node, "strides") ?? [1, 1]).every((stride) => stride === 1) && !("auto_pad" in node.attributes);
  const [dilation = 1, other = dilation] = ints(node, "dilations") ?? [1, 1];
  if (!isPlain || across === undefined || across !== down || dilation !== other || across % 2 === 0) return undefined;
  const radius = (dilation * (across - 1)) / 2;
  return pads.every((pad) => pad === radius) ? radius : undefined;
}

function isAlongChannels(graph: Graph, node: GraphNode): boolean {
  if (node.op !== "Slice") return int(node, "axis", 0) === 1;
  const axes = graph.initializers.get(node.inputs[3] ?? "");
  return axes?.size === 1 && Number(axes.data[0]) === 1;
}

/** A constant that is a number, one for each channel, or [1, C, 1, 1]. */
function isSameAtAllPlaces(graph: Graph, value: Value): boolean {
  const dims = graph.initializers.get(value)?.dims;
  if (dims === undefined) return false;
  const [across = 1, down = 1] = dims.toReversed();
  return dims.length <= 1
    ? dims[0] === undefined || dims[0] === 1 || isPerChannel(graph, value)
    : across === 1 && down === 1;
}

/** Parameters of a normalisation, which belong to channels. */
function isPerChannel(graph: Graph, value: Value): boolean {
  return graph.nodes.some(({ op, inputs }) => op === "BatchNormalization" && inputs.indexOf(value) > 0);
}
