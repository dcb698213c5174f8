/** @file Whether the single places of a layer reach the scores, and through what. */

import {
  type Graph,
  type GraphNode,
  int as intAttribute,
  readsOf,
  string as stringAttribute,
  type Value,
} from "../../onnx/graph.js";
import { descendants } from "../../onnx/prune.js";
import type { Model } from "../model.js";
import { type Axis, isPlace } from "./axes.js";
import { type Axes, asksForSizes, follow } from "./follow.js";
import { axesOfLayout, type Layout } from "./layout.js";
import { sizesOf } from "./sizes.js";

/**
 * Through a pool or another layer that takes all places together; else through attentions, such as those of a class token,
 * or through a part of them: the keys or the values alone.
 */
export type Reach = "pooled" | "attended" | "partly";

const strongest = (all: readonly Reach[]) =>
  (["pooled", "attended", "partly"] as const).find((each) => all.includes(each));

/** Undefined where no place of the layer reaches the scores: of its tokens only others are read. */
export function findReach({ graph, input, scores }: Model, layer: Value, layout: Layout): Reach | undefined {
  const own = axesOfLayout(layout, sizesOf(graph, layer) ?? []);
  const axes = follow(graph, new Map([[layer, own]]));
  const taken = new Map<Value, Reach>();
  const seen = descendants(graph, [input.name]);
  for (const node of graph.nodes) {
    const before = readsOf(node).flatMap((input) => taken.get(input) ?? []);
    const here = readsOf(node).some((input) => hasPlaces(axes.get(input))) ? takenTogether(node, axes, seen) : [];
    const all = strongest([...before, ...here]);
    if (all === undefined) continue;
    if (!asksForSizes(node)) for (const output of node.outputs) taken.set(output, all);
  }
  return hasPlaces(axes.get(scores)) ? "pooled" : taken.get(scores);
}

/** Whether all that the scores learn of the picture passes through a layer. */
export function isOnEveryPath({ graph, input, scores }: Model, layer: Value): boolean {
  const around = new Set([input.name]);
  for (const node of graph.nodes) {
    if (asksForSizes(node) || !readsOf(node).some((value) => around.has(value))) continue;
    for (const output of node.outputs) if (output !== layer) around.add(output);
  }
  return !around.has(scores);
}

/** Tells of the values behind a layer which of them still hold its places. */
export function placesBehind(graph: Graph, layer: Value, own: Axes): (value: Value) => boolean {
  const axes = follow(graph, new Map([[layer, own]]));
  return (value) => hasPlaces(axes.get(value));
}

function hasPlaces(axes: Axes | undefined): boolean {
  return axes?.some(holdsPlaces) ?? false;
}

function holdsPlaces(axis: Axis | undefined): boolean {
  return axis?.some((factor) => isPlace(factor) || factor.of === "lost") ?? false;
}

/** How a node that reads places takes them together; nothing where it keeps them apart, or leaves them out. */
function takenTogether(node: GraphNode, known: ReadonlyMap<Value, Axes>, seen: ReadonlySet<Value>): Reach[] {
  const inputs = node.inputs.map((value) => known.get(value));
  const [a, b] = inputs;
  // A product with weights is a linear layer over the places; one of two values that depend on the picture an attention.
  const attention = inputs.every((axes) => axes !== undefined) ? "attended" : "partly";
  const kind = node.inputs.every((value) => seen.has(value)) ? attention : "pooled";
  switch (node.op) {
    case "MatMul":
      return holdsPlaces(a?.at(-1)) || holdsPlaces(b?.at(-2)) ? [kind] : [];
    case "Gemm":
      return holdsPlaces(a?.[1 - intAttribute(node, "transA", 0)]) ? ["pooled"] : [];
    case "Einsum": {
      const [terms = "", result = ""] = stringAttribute(node, "equation", "").replaceAll(" ", "").split("->");
      const summed = terms
        .split(",")
        .some((term, i) => [...term].some((label, axis) => !result.includes(label) && holdsPlaces(inputs[i]?.[axis])));
      return summed ? [kind] : [];
    }
    case "Slice":
    case "Split":
    case "Gather":
      if (a?.every((axis) => !holdsPlaces(axis) || axis.every(({ of }) => of === "tokens"))) return [];
  }
  return node.outputs.some((output) => hasPlaces(known.get(output))) ? [] : ["pooled"];
}
