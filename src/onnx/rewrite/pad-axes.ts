/** @file Pads in the one form that onnxruntime's optimiser computes rightly. */

import { Builder } from "../builder.js";
import {
  copyGraph,
  dimsOf,
  type Graph,
  type GraphNode,
  readers,
  readsOf,
  string,
  subgraphsOf,
  type Value,
  withSubgraphs,
} from "../graph.js";
import { ancestors } from "../prune.js";
import { int64, numbers, type Tensor } from "../tensor.js";

/** The opset that gave Pad its input for axes. */
const opsetOfAxes = 18;

/**
 * Names the axes of Pads, all of them and in order, where onnxruntime 1.30 would else change the result: without axes it
 * merges a Pad of zeros into a pool behind it, to which padding is less than any number, whose own padding may not be
 * added to, and whose sizes are rounded up otherwise; and into a convolution that reads the Pad as its weights. With only
 * some axes it takes the pads for those of all when it moves a Transpose past them. Convolutions of a padded image are left as
 * they are: merged they are right, and faster.
 * @param outer the weights of the graphs around a subgraph
 */
export function namePadAxes(graph: Graph, outer: ReadonlyMap<Value, Tensor> = new Map(), above?: Builder): Graph {
  if ((graph.opsets.get("") ?? opsetOfAxes) < opsetOfAxes || !hasPad(graph)) return graph;
  const result = { ...copyGraph(graph), nodes: [] };
  const op = new Builder(result, "", above ?? new Builder(graph));
  const weights = new Map([...outer, ...graph.initializers]);
  const merging = padsThatMerge(graph);
  for (const node of graph.nodes) {
    const whole = withSubgraphs(node, (subgraph) => namePadAxes(subgraph, weights, op));
    const scope = op.scope(node.name);
    if (!isPad(node)) op.append(whole);
    else if (node.inputs[3]) op.append(withAllAxes(scope, whole, weights));
    else op.append(merging.has(node) ? withAxes(scope, whole, weights) : whole);
  }
  return result;
}

function isPad({ op, domain }: GraphNode): boolean {
  return op === "Pad" && domain === "";
}

function hasPad({ nodes }: Graph): boolean {
  return nodes.some((node) => isPad(node) || subgraphsOf(node).some(hasPad));
}

/** Pads of a constant whose reader is, or may become, a pool or a convolution's weights. */
function padsThatMerge(graph: Graph): ReadonlySet<GraphNode> {
  const readersOf = readers(graph);
  const isConvolved = (value: Value) =>
    readersOf.get(value)?.every(({ op, inputs }) => op === "Conv" && inputs.lastIndexOf(value) === 0) === true;
  const before = ancestors(
    graph,
    graph.nodes.flatMap((node) => {
      if (node.op === "Conv") return node.inputs.slice(1).filter((value) => value !== "");
      return node.op.endsWith("Pool") || subgraphsOf(node).length > 0 ? readsOf(node) : [];
    }),
  );
  const merges = (node: GraphNode) => {
    const [output = ""] = node.outputs;
    return isPad(node) && string(node, "mode", "constant") === "constant" && before.has(output) && !isConvolved(output);
  };
  return new Set(graph.nodes.filter(merges));
}

function withAxes(op: Builder, node: GraphNode, weights: ReadonlyMap<Value, Tensor>): GraphNode {
  const [x = "", pads = "", value = ""] = node.inputs;
  const rank = dimsOf(op.graph, x)?.length ?? (weights.get(pads)?.size ?? 0) / 2;
  return { ...node, inputs: [x, pads, value, rank > 0 ? allAxes(op, rank) : axesOf(op, x)] };
}

/** [0, 1, ...] */
function allAxes(op: Builder, rank: number): Value {
  return op.constant(int64(upTo(rank)), "axes");
}

/** The same, computed, where the rank is not known. */
function axesOf(op: Builder, x: Value): Value {
  const scalar = (value: number) => op.constant(int64([value], []), "axis");
  return op.Range(scalar(0), op.Squeeze(op.Shape(op.Shape(x))), scalar(1));
}

/** A Pad of some axes as one of all, where axes, pads and rank are known. */
function withAllAxes(op: Builder, node: GraphNode, weights: ReadonlyMap<Value, Tensor>): GraphNode {
  const [x = "", pads = "", value = "", axes = ""] = node.inputs;
  const [given, named] = [pads, axes].map((name) => weights.get(name));
  const rank = dimsOf(op.graph, x)?.length;
  if (given === undefined || named === undefined || rank === undefined) return node;
  const sizes = numbers(given);
  const all = Array<number>(2 * rank).fill(0);
  for (const [i, axis] of numbers(named).entries()) {
    const place = axis < 0 ? axis + rank : axis;
    all[place] = sizes[i] ?? 0;
    all[rank + place] = sizes[named.size + i] ?? 0;
  }
  return { ...node, inputs: [x, op.constant(int64(all), "pads"), value, allAxes(op, rank)] };
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
