/** @file Graphs whose image input is of whole numbers, or lacks an axis, rewritten to one float32 input of four. */

import { Builder } from "../../onnx/builder.js";
import { copyGraph, type Dim, type Graph, type GraphNode, ints, type Value, type ValueInfo } from "../../onnx/graph.js";
import { type DataType, dataTypes, numbers, Tensor } from "../../onnx/tensor.js";
import { firstUse } from "./image-axes.js";
import { wholeTypes } from "./whole-types.js";

/** Operators that move elements about, whatever their type. */
const moving = new Set([
  ...[
    "Identity",
    "Transpose",
    "Reshape",
    "Squeeze",
    "Unsqueeze",
    "Flatten",
    "Slice",
    "Gather",
    "Concat",
    "Split",
    "Pad",
  ],
]);

/**
 * The graph with a float32 input in the place of one of whole numbers. Where the file itself makes floats of it, behind nothing
 * but moves, it computes in floats from the start, and gradients pass; elsewhere the input is rounded to what the file takes.
 */
export function withFloatInput(graph: Graph, input: ValueInfo): Graph {
  const result = copyGraph(graph);
  result.inputs = graph.inputs.map((each) => (each.name === input.name ? { ...input, type: "float32" } : each));
  result.types.delete(input.name);
  const nodes = withoutCasts(graph, input.name);
  if (nodes !== undefined) {
    result.nodes = nodes;
    for (const node of nodes) for (const output of node.outputs) result.types.delete(output);
    return result;
  }
  return beforeNetwork(result, input.name, (op, image) => rounded(op, image, input.type ?? "uint8"));
}

/** The nodes with copies in the place of casts of the input to float32; undefined where something computes with whole numbers. */
function withoutCasts(graph: Graph, input: Value): GraphNode[] | undefined {
  const whole = new Set([input]);
  const nodes: GraphNode[] = [];
  for (const node of graph.nodes) {
    const reads = node.inputs.filter((value) => whole.has(value));
    if (reads.length === 0 || node.op === "Shape") nodes.push(node);
    else if (isCastToFloat(node)) nodes.push({ ...node, op: "Identity", attributes: {} });
    else if (moving.has(node.op) && readsOnly(node, whole)) {
      for (const output of node.outputs) whole.add(output);
      nodes.push(node);
    } else return undefined;
  }
  return graph.outputs.some(({ name }) => whole.has(name)) ? undefined : nodes;
}

/** Whether a node moves nothing but the image: other values joined or filled in would be of the file's type. */
function readsOnly({ op, inputs }: GraphNode, whole: ReadonlySet<Value>): boolean {
  return op === "Concat" ? inputs.every((value) => whole.has(value)) : op !== "Pad" || !inputs[2];
}

function isCastToFloat({ op, attributes: { to } }: GraphNode): boolean {
  return op === "Cast" && to?.type === "int" && to.value === dataTypes.float32;
}

/** Rounded and limited to a type's range. The limits let gradients pass for all numbers that round to one of the type. */
function rounded(op: Builder, image: Value, type: DataType): Value {
  const [low, high] = wholeTypes[type] ?? [0, 255];
  if (type === "uint8" || type === "int8") {
    const zero = op.constant(new Tensor(type, [], type === "uint8" ? Uint8Array.of(0) : Int8Array.of(0)), "zero");
    return op.node("QuantizeLinear", [image, op.scalar(1), zero])[0];
  }
  return op.Cast(op.Round(op.Clip(image, op.scalar(low), op.scalar(high))), { to: dataTypes[type] });
}

/**
 * The graph with an input [1, C, H, W] (or [1, H, W, C], or [N, 1, H, W]) in the place of one of three sizes that holds a single
 * image, or grey images; the same graph for a signal [N, C, L], and for other ranks.
 */
export function withImageRank(graph: Graph, input: ValueInfo): Graph {
  const { dims, name } = input;
  const use = dims?.length === 3 ? firstUse(graph, name, 3) : undefined;
  if (dims?.length !== 3 || (use && use.axes.length === 3 && use.node.op !== "MaxPool")) return graph;
  const [axis, full] = unbatched(graph, name, dims)
    ? ([0, [1, ...dims]] as const)
    : ([1, [dims[0] ?? "", 1, ...dims.slice(1)]] as const);
  const result = copyGraph(graph);
  result.inputs = graph.inputs.map((each) => (each.name === name ? { ...input, dims: full } : each));
  result.types.delete(name);
  const nodes = withAxis(graph, name, axis);
  if (nodes === undefined) return beforeNetwork(result, name, (op, image) => op.Squeeze(image, op.ints([axis])));
  result.nodes = nodes;
  for (const node of nodes) for (const output of node.outputs) result.types.delete(output);
  return result;
}

/** Operators that leave an image's axes where they are, whatever their number. */
const elementwise = new Set(["Identity", "Cast", "Add", "Sub", "Mul", "Div", "Clip"]);

/**
 * The nodes for an input that has the further axis from the start, as copies in the place of those that add it; undefined where
 * something else than moves and numbers comes before.
 */
function withAxis(graph: Graph, input: Value, axis: 0 | 1): GraphNode[] | undefined {
  const lacking = new Set([input]);
  const nodes: GraphNode[] = [];
  for (const node of graph.nodes) {
    const reads = node.inputs.some((value) => lacking.has(value));
    const isAdding = reads && unsqueezedAxis(graph, node) === axis;
    if (!reads) nodes.push(node);
    else if (isAdding) nodes.push({ ...node, op: "Identity", inputs: node.inputs.slice(0, 1), attributes: {} });
    else {
      const [image = "", ...others] = node.inputs;
      const moved = axis === 0 && node.op === "Transpose" ? movedBehindBatch(node) : undefined;
      const isPlain = elementwise.has(node.op) && (axis === 0 || node.inputs.length === 1);
      const keeps = isPlain && others.every((value) => value === "" || graph.initializers.has(value));
      if (!lacking.has(image) || (!keeps && moved === undefined)) return undefined;
      nodes.push(moved ?? node);
      for (const output of node.outputs) lacking.add(output);
    }
  }
  return nodes;
}

/** A Transpose of three axes as one of four, the first of which stays. */
function movedBehindBatch(node: GraphNode): GraphNode {
  const perm = ints(node, "perm") ?? [2, 1, 0];
  return { ...node, attributes: { perm: { type: "ints", value: [0, ...perm.map((axis) => axis + 1)] } } };
}

/** Whether three sizes are those of one image, not those of several grey ones. */
function unbatched(graph: Graph, name: Value, dims: readonly Dim[]): boolean {
  const images = new Set([name]);
  for (const node of graph.nodes) {
    if (!images.has(node.inputs[0] ?? "")) continue;
    const axis = unsqueezedAxis(graph, node);
    if (axis !== undefined) return axis === 0;
    if (node.op === "Transpose" || elementwise.has(node.op)) for (const output of node.outputs) images.add(output);
  }
  const isColour = (dim: Dim | undefined) => dim === 1 || dim === 3 || dim === 4;
  return isColour(dims[2]) || (typeof dims[0] === "number" && isColour(dims[0]));
}

function unsqueezedAxis(graph: Graph, { op, inputs }: GraphNode): number | undefined {
  const axes = op === "Unsqueeze" ? graph.initializers.get(inputs[1] ?? "") : undefined;
  return axes?.size === 1 ? numbers(axes)[0] : undefined;
}

/** Puts nodes between the input and all that reads it. @param make appends them, and gives what the network is to read */
function beforeNetwork(graph: Graph, input: Value, make: (op: Builder, image: Value) => Value): Graph {
  const network = graph.nodes;
  graph.nodes = [];
  const op = new Builder({ ...graph, nodes: [...network] });
  const front = new Builder(graph, "", op);
  const image = make(front, input);
  const renamed = (value: Value) => (value === input ? image : value);
  graph.nodes.push(...network.map((node) => ({ ...node, inputs: node.inputs.map(renamed) })));
  return graph;
}
