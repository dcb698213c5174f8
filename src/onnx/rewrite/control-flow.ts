/** @file Puts the nodes of subgraphs in the place of the If or Loop that holds them. */

import { at } from "../../foundation/present.js";
import { Builder } from "../builder.js";
import { type Attribute, copyGraph, type Graph, type GraphNode, type Value } from "../graph.js";
import { int64, Tensor } from "../tensor.js";

/** The branch that an If takes under a condition. */
export function takenBranch(node: GraphNode, condition: boolean): Graph | undefined {
  const branch = node.attributes[condition ? "then_branch" : "else_branch"];
  return branch?.type === "graph" ? branch.value : undefined;
}

/** A graph with the taken branch in the place of an If. */
export function withBranch(graph: Graph, node: GraphNode, branch: Graph): Graph {
  const result = copyGraph(graph);
  return replaceNode(result, node, inlineSubgraph(branch, result, new Builder(result, node.name), node.outputs).nodes);
}

export interface UnrolledLoop {
  readonly graph: Graph;
  /** After each repetition, whether the loop goes on. */
  readonly conditions: readonly Value[];
}

/** A graph with the given number of repetitions of a Loop's body in the place of the Loop; at least one. */
export function unrollLoop(graph: Graph, node: GraphNode, count: number): UnrolledLoop {
  const result = copyGraph(graph);
  const body = node.attributes.body;
  if (body?.type !== "graph") throw new Error(`internal: node "${node.name}": expected a Loop with a body`);
  const carriedCount = node.inputs.length - 2;
  const op = new Builder(result, node.name);
  const formal = body.value.inputs.map(({ name }) => name);
  const nodes: GraphNode[] = [];
  const conditions: Value[] = [];
  const scans: Value[][] = body.value.outputs.slice(1 + carriedCount).map(() => []);
  let condition = op.constant(new Tensor("bool", [], Uint8Array.of(1)), "condition");
  let carried = node.inputs.slice(2);
  for (let i = 0; i < count; i++) {
    const actual = [op.constant(int64([i], []), "iteration"), condition, ...carried];
    const bound = new Map(formal.map((name, k) => [name, at(actual, k)]));
    const inner = inlineSubgraph(body.value, result, op.scope(`${node.name}/${i}`), [], bound);
    nodes.push(...inner.nodes);
    condition = at(inner.outputs, 0);
    carried = inner.outputs.slice(1, 1 + carriedCount);
    conditions.push(condition);
    scans.forEach((values, k) => {
      values.push(at(inner.outputs, 1 + carriedCount + k));
    });
  }
  const last = new Builder({ ...result, nodes: [] }, node.name, op);
  const stacked = scans.map((values) =>
    last.Concat(...values.map((value) => last.Unsqueeze(value, last.ints([0]))), { axis: 0 }),
  );
  [...carried, ...stacked].forEach((value, k) => {
    const output = node.outputs[k];
    if (output) last.layer(output, "Identity", [value]);
  });
  return { graph: replaceNode(result, node, [...nodes, ...last.graph.nodes]), conditions };
}

function replaceNode(graph: Graph, node: GraphNode, nodes: readonly GraphNode[]): Graph {
  graph.nodes = graph.nodes.flatMap((each) => (each === node ? nodes : [each]));
  return graph;
}

/**
 * A subgraph's nodes under names of their own; its weights and types go to the graph.
 * @param outputNames the names that its outputs get, as far as they are given
 * @param bound the values that take the place of its inputs
 */
export function inlineSubgraph(
  subgraph: Graph,
  graph: Graph,
  scope: Builder,
  outputNames: readonly Value[],
  bound: ReadonlyMap<Value, Value> = new Map(),
): { readonly nodes: GraphNode[]; readonly outputs: Value[] } {
  const names = new Map<Value, Value>(bound);
  const inner = new Set(subgraph.nodes.flatMap(({ outputs }) => outputs));
  subgraph.outputs.forEach(({ name }, i) => {
    const outer = outputNames[i];
    if (outer && inner.has(name) && !names.has(name)) names.set(name, outer);
  });
  for (const output of inner) if (output !== "" && !names.has(output)) names.set(output, scope.fresh(output));
  for (const [name, tensor] of subgraph.initializers) {
    const fresh = scope.fresh(name);
    names.set(name, fresh);
    graph.initializers.set(fresh, tensor);
  }
  for (const [name, type] of subgraph.types) graph.types.set(names.get(name) ?? name, type);
  const nodes = subgraph.nodes.map((node) => ({ ...renameValues(node, names), name: scope.fresh(node.name) }));
  const outputs = subgraph.outputs.map(({ name }, i) => {
    const value = names.get(name) ?? name;
    const outer = outputNames[i];
    if (!outer || value === outer) return value;
    const identity = scope.fresh("Identity");
    nodes.push({ name: identity, op: "Identity", domain: "", inputs: [value], outputs: [outer], attributes: {} });
    return outer;
  });
  return { nodes, outputs };
}

/** A node under other names of values, also where its subgraphs capture them. */
function renameValues(node: GraphNode, names: ReadonlyMap<Value, Value>): GraphNode {
  const to = (value: Value) => names.get(value) ?? value;
  const attributes = Object.entries(node.attributes).map(([key, attribute]): [string, Attribute] => {
    if (attribute.type !== "graph") return [key, attribute];
    const inner = attribute.value;
    const local = new Set([...inner.inputs.map(({ name }) => name), ...inner.initializers.keys()]);
    for (const { outputs } of inner.nodes) for (const output of outputs) local.add(output);
    const captured = new Map([...names].filter(([name]) => !local.has(name)));
    const nodes = inner.nodes.map((child) => renameValues(child, captured));
    const outputs = inner.outputs.map((output) => ({ ...output, name: captured.get(output.name) ?? output.name }));
    return [key, { type: "graph", value: { ...inner, nodes, outputs } }];
  });
  return {
    ...node,
    inputs: node.inputs.map(to),
    outputs: node.outputs.map(to),
    attributes: Object.fromEntries(attributes),
  };
}
