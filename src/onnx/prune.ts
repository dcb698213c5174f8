/** @file Cuts graphs: keeps the nodes that given outputs need, starting from given values. */

import { FoveaError } from "../foundation/error.js";
import {
  copyGraph,
  type Graph,
  type GraphNode,
  producers,
  readsOf,
  typeOf,
  type Value,
  type ValueInfo,
} from "./graph.js";
import { Names } from "./names.js";

/**
 * The part of `graph` that computes `outputs`. Values listed in `from` become inputs and nothing before them is kept.
 * @throws FoveaError `bad-graph` when an output is not a value of the graph
 */
export function prune(graph: Graph, outputs: readonly Value[], from: readonly Value[] = []): Graph {
  const producerOf = producers(graph);
  const sources = new Set(from);
  const inputs = new Map(graph.inputs.map((input) => [input.name, input]));
  const nodes = new Set<GraphNode>();
  const required = new Set<Value>();
  const stack = [...outputs];
  for (let value = stack.pop(); value !== undefined; value = stack.pop()) {
    if (required.has(value)) continue;
    required.add(value);
    if (sources.has(value)) continue;
    const node = producerOf.get(value);
    if (node !== undefined) {
      nodes.add(node);
      for (const input of readsOf(node)) stack.push(input);
    } else if (!inputs.has(value) && !graph.initializers.has(value)) {
      throw new FoveaError(
        "bad-graph",
        `value "${value}": expected an input, an initializer or a node's output, got none`,
      );
    }
  }
  const result = copyGraph(graph);
  const isInput = (name: Value) => required.has(name) && !sources.has(name);
  // A node may be kept for its other outputs: a source among its outputs then gets another name.
  const names = new Names([...producerOf.keys(), ...inputs.keys(), ...graph.initializers.keys()]);
  const isSource = (name: Value) => sources.has(name) && required.has(name);
  const rename = (name: Value) => (isSource(name) ? names.fresh(`${name}/again`) : name);
  result.nodes = graph.nodes
    .filter((node) => nodes.has(node))
    .map((node) => (node.outputs.some(isSource) ? { ...node, outputs: node.outputs.map(rename) } : node));
  result.inputs = [
    ...graph.inputs.filter(({ name }) => isInput(name)),
    ...from.filter((name) => required.has(name)).map((name) => declaration(graph, name)),
  ];
  result.outputs = [...new Set(outputs)].map((name) => declaration(graph, name));
  result.initializers = new Map([...graph.initializers].filter(([name]) => required.has(name) && !sources.has(name)));
  const values = new Set(result.nodes.flatMap((node) => node.outputs));
  result.types = new Map([...graph.types].filter(([name]) => values.has(name)));
  return result;
}

function declaration(graph: Graph, name: Value): ValueInfo {
  return { name, ...typeOf(graph, name) };
}

/** All values that depend on one of `values`, these included. */
export function descendants(graph: Graph, values: Iterable<Value>): Set<Value> {
  const result = new Set<Value>(values);
  for (const node of graph.nodes) {
    if (readsOf(node).some((input) => result.has(input)))
      for (const output of node.outputs) if (output) result.add(output);
  }
  return result;
}

/** All values that `values` depend on, these included. */
export function ancestors(graph: Graph, values: Iterable<Value>): Set<Value> {
  const result = new Set<Value>(values);
  for (const node of graph.nodes.toReversed()) {
    if (node.outputs.some((output) => result.has(output))) for (const input of readsOf(node)) result.add(input);
  }
  return result;
}

/** For every value that `of` depends on: the fewest nodes between the two. */
export function distancesTo(graph: Graph, of: Value): Map<Value, number> {
  const producerOf = producers(graph);
  const distances = new Map<Value, number>([[of, 0]]);
  // A Map is walked in the order of insertion, entries added meanwhile included: nearest first.
  for (const [value, distance] of distances) {
    const node = producerOf.get(value);
    for (const input of node ? readsOf(node) : []) if (!distances.has(input)) distances.set(input, distance + 1);
  }
  return distances;
}
