/** @file Tells whether the single places of a layer reach the scores, and through which operators. */

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
import { type Axes, asksForSizes, followAxes } from "./follow.js";
import { axesOfLayout, type Layout } from "./layout.js";
import { sizesOf } from "./sizes.js";

/**
 * How places reach the scores. `pooled`: through a pool or another layer that takes all places together; `attended`: through
 * attentions, such as those of a class token; `partly`: through the keys or the values of attentions alone.
 */
export type Reach = "pooled" | "attended" | "partly";

const strongest = (all: readonly Reach[]) =>
  (["pooled", "attended", "partly"] as const).find((each) => all.includes(each));

/** How the places of a layer reach the scores; undefined where none does, because only other tokens are read. */
export function findReach({ graph, input, scores }: Model, layer: Value, layout: Layout): Reach | undefined {
  const layerAxes = axesOfLayout(layout, sizesOf(graph, layer) ?? []);
  const axes = followAxes(graph, new Map([[layer, layerAxes]]));
  const reaches = new Map<Value, Reach>();
  const perImage = descendants(graph, [input.name]);
  for (const node of graph.nodes) {
    const before = readsOf(node).flatMap((value) => reaches.get(value) ?? []);
    const readsPlaces = readsOf(node).some((value) => hasPlaces(axes.get(value)));
    const reach = strongest([...before, ...(readsPlaces ? reachThrough(node, axes, perImage) : [])]);
    if (reach === undefined || asksForSizes(node)) continue;
    for (const output of node.outputs) reaches.set(output, reach);
  }
  return hasPlaces(axes.get(scores)) ? "pooled" : reaches.get(scores);
}

/** Whether every path from the picture to the scores passes through a layer. */
export function isOnEveryPath({ graph, input, scores }: Model, layer: Value): boolean {
  const around = new Set([input.name]);
  for (const node of graph.nodes) {
    if (asksForSizes(node) || !readsOf(node).some((value) => around.has(value))) continue;
    for (const output of node.outputs) if (output !== layer) around.add(output);
  }
  return !around.has(scores);
}

/** A test of values behind a layer: whether they still hold its places. */
export function placesBehind(graph: Graph, layer: Value, layerAxes: Axes): (value: Value) => boolean {
  const axes = followAxes(graph, new Map([[layer, layerAxes]]));
  return (value) => hasPlaces(axes.get(value));
}

function hasPlaces(axes: Axes | undefined): boolean {
  return axes?.some(holdsPlaces) ?? false;
}

function holdsPlaces(axis: Axis | undefined): boolean {
  return axis?.some((factor) => isPlace(factor) || factor.of === "lost") ?? false;
}

/** How a node that reads places takes them together; none where it keeps them apart, or leaves them out. */
function reachThrough(node: GraphNode, axesOf: ReadonlyMap<Value, Axes>, perImage: ReadonlySet<Value>): Reach[] {
  const inputs = node.inputs.map((value) => axesOf.get(value));
  const [a, b] = inputs;
  // A product with weights is a linear layer over the places; one of two values that depend on the picture an attention.
  const attention = inputs.every((axes) => axes !== undefined) ? "attended" : "partly";
  const kind = node.inputs.every((value) => perImage.has(value)) ? attention : "pooled";
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
  return node.outputs.some((output) => hasPlaces(axesOf.get(output))) ? [] : ["pooled"];
}
