/** @file Cuts graphs: keeps what given outputs need, starting from given values. */

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
  const made = producers(graph);
  const given = new Set(from);
  const inputs = new Map(graph.inputs.map((input) => [input.name, input]));
  const kept = new Set<GraphNode>();
  const needed = new Set<Value>();
  const stack = [...outputs];
  while (stack.length > 0) {
    const value = stack.pop() as Value;
    if (needed.has(value)) continue;
    needed.add(value);
    if (given.has(value)) continue;
    const node = made.get(value);
    if (node !== undefined) {
      kept.add(node);
      for (const read of readsOf(node)) stack.push(read);
    } else if (!inputs.has(value) && !graph.initializers.has(value)) {
      throw new FoveaError(
        "bad-graph",
        `value "${value}": expected an input, an initializer or a node's output, got none`,
      );
    }
  }
  const result = copyGraph(graph);
  const isInput = (name: Value) => needed.has(name) && !given.has(name);
  // A node may be kept for its other outputs: what is given is then not made under the same name.
  const names = new Names([...made.keys(), ...inputs.keys(), ...graph.initializers.keys()]);
  const isGiven = (name: Value) => given.has(name) && needed.has(name);
  const remade = (name: Value) => (isGiven(name) ? names.fresh(`${name}/again`) : name);
  result.nodes = graph.nodes
    .filter((node) => kept.has(node))
    .map((node) => (node.outputs.some(isGiven) ? { ...node, outputs: node.outputs.map(remade) } : node));
  result.inputs = [
    ...graph.inputs.filter(({ name }) => isInput(name)),
    ...from.filter((name) => needed.has(name)).map((name) => declaration(graph, name)),
  ];
  result.outputs = [...new Set(outputs)].map((name) => declaration(graph, name));
  result.initializers = new Map([...graph.initializers].filter(([name]) => needed.has(name) && !given.has(name)));
  const made2 = new Set(result.nodes.flatMap((node) => node.outputs));
  result.types = new Map([...graph.types].filter(([name]) => made2.has(name)));
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
  for (let i = graph.nodes.length - 1; i >= 0; i--) {
    const node = graph.nodes[i] as GraphNode;
    if (node.outputs.some((output) => result.has(output))) for (const input of readsOf(node)) result.add(input);
  }
  return result;
}

/** For every value that `of` depends on: the fewest nodes between the two. */
export function distancesTo(graph: Graph, of: Value): Map<Value, number> {
  const made = producers(graph);
  const distances = new Map<Value, number>([[of, 0]]);
  // A Map is walked in the order of insertion, what is added meanwhile included: nearest first.
  for (const [value, distance] of distances) {
    const node = made.get(value);
    for (const read of node ? readsOf(node) : []) if (!distances.has(read)) distances.set(read, distance + 1);
  }
  return distances;
}
