/** @file The first layers of a network, as far as they are affine in the image. */

import type { Builder } from "../../../onnx/builder.js";
import { dimsOf, type Graph, type GraphNode, ints, readers, typeOf, type Value } from "../../../onnx/graph.js";
import { descendants, prune } from "../../../onnx/prune.js";

/** A chain of nodes that all of the image goes through. */
export interface AffineStart {
  /** In their order; none where the image goes elsewhere, or its first layer is not affine. */
  readonly nodes: readonly GraphNode[];
  /** What the last of them makes; the image itself where there is none. */
  readonly end: Value;
}

export function noStart(image: Value): AffineStart {
  return { nodes: [], end: image };
}

/** The longest one before `scores`; what these do not need does not count. */
export function affineStart(graph: Graph, image: Value, scores: Value): AffineStart {
  const needed = prune(graph, [scores]);
  const [readersOf, ofImage] = [readers(needed), descendants(needed, [image])];
  const nodes: GraphNode[] = [];
  let end = image;
  for (;;) {
    const [node, ...others] = readersOf.get(end) ?? [];
    const isLink = node !== undefined && others.length === 0 && isAffine(graph, node, ofImage, end);
    if (!isLink || node.outputs.includes(scores)) return { nodes, end };
    nodes.push(node);
    end = node.outputs[0] ?? "";
  }
}

/** Whether a node is affine in one of its inputs, no other depends on the image, and images stay apart. */
function isAffine(graph: Graph, node: GraphNode, ofImage: ReadonlySet<Value>, from: Value): boolean {
  const { op, domain, inputs, outputs } = node;
  const [dims, result] = [dimsOf(graph, from), typeOf(graph, outputs[0] ?? "")];
  const others = inputs.filter((value) => value !== "" && value !== from);
  const isKnown = dims !== undefined && result?.type === "float32" && result.dims !== undefined;
  const isFirst = inputs[0] === from && inputs.lastIndexOf(from) === 0;
  if (domain !== "" || !isKnown || outputs.length !== 1 || others.some((value) => ofImage.has(value))) return false;
  switch (op) {
    case "Identity":
    case "Neg":
      return true;
    case "Conv":
    case "BatchNormalization":
      return isFirst;
    case "Transpose":
      return ints(node, "perm")?.[0] === 0;
    case "Add":
    case "Sub":
    case "Mul":
      return others.length === 1 && isAlikeForImages(graph, others[0] ?? "", dims.length);
    case "Div":
      return isFirst && others.length === 1 && isAlikeForImages(graph, others[0] ?? "", dims.length);
    default:
      return false;
  }
}

/** Whether a value is broadcast over the images, and adds no axes. */
function isAlikeForImages(graph: Graph, value: Value, rank: number): boolean {
  const dims = dimsOf(graph, value);
  return dims !== undefined && (dims.length < rank || (dims.length === rank && dims[0] === 1));
}

/**
 * Appends the same nodes for another value of the image's sizes, with their types: of as many images as that value has, for which its
 * name stands. @returns what the last of them makes of it
 */
export function appendStart(op: Builder, { nodes }: AffineStart, image: Value, from: Value): Value {
  const copies = new Map([[image, from]]);
  for (const {
    op: operator,
    inputs,
    outputs: [output = ""],
    attributes,
  } of nodes) {
    const renamed = inputs.map((input) => copies.get(input) ?? input);
    const [copy] = op.node(operator, renamed, attributes);
    const [, ...sizes] = dimsOf(op.graph, output) ?? [];
    op.graph.types.set(copy, { type: "float32", dims: [from, ...sizes] });
    copies.set(output, copy);
  }
  return [...copies.values()].at(-1) ?? from;
}
