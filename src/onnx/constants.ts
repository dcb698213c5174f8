/** @file What a graph says in nodes but knows in advance: constants become initializers, decided branches plain nodes. */

import { Builder } from "./builder.js";
import type { Attribute, Graph, GraphNode, Value } from "./graph.js";
import { float32, int64, numbers, type Tensor } from "./tensor.js";

/**
 * Makes initializers of Constant nodes, and puts the taken branch in the place of every If whose condition is a constant
 * (or a constant's negation or copy). Subgraphs are treated likewise. Works on the graph in place.
 */
export function settleConstants(graph: Graph, op = new Builder(graph)): void {
  const nodes = [...graph.nodes];
  graph.nodes = [];
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  const settle = (node: GraphNode): void => {
    const constant = node.op === "Constant" && node.domain === "" ? constantOf(node) : undefined;
    const [output] = node.outputs as [Value];
    if (constant && !outputs.has(output)) {
      graph.initializers.set(output, constant);
      return;
    }
    const branch = node.op === "If" && node.domain === "" ? takenBranch(graph, node) : undefined;
    if (branch) {
      for (const inner of inlined(branch, node, graph, op)) settle(inner);
      return;
    }
    for (const attribute of Object.values(node.attributes)) {
      if (attribute.type === "graph") settleConstants(attribute.value, new Builder(attribute.value, "", op));
    }
    graph.nodes.push(node);
  };
  for (const node of nodes) settle(node);
}

function constantOf({ attributes }: GraphNode): Tensor | undefined {
  const [name, attribute] = Object.entries(attributes)[0] ?? [];
  if (attribute === undefined || !name?.startsWith("value")) return undefined;
  switch (attribute.type) {
    case "tensor":
      return attribute.value;
    case "float":
      return float32([], [attribute.value]);
    case "floats":
      return float32([attribute.value.length], attribute.value);
    case "int":
      return int64([attribute.value], []);
    case "ints":
      return int64(attribute.value);
    default:
      return undefined;
  }
}

function takenBranch(graph: Graph, node: GraphNode): Graph | undefined {
  const condition = known(graph, node.inputs[0] as Value);
  if (condition === undefined) return undefined;
  const branch = node.attributes[condition ? "then_branch" : "else_branch"];
  return branch?.type === "graph" ? branch.value : undefined;
}

/** The truth of a value, as far as it follows from a constant within a few steps. */
function known(graph: Graph, value: Value, steps = 100): boolean | undefined {
  const tensor = graph.initializers.get(value);
  if (tensor && tensor.size === 1 && !graph.inputs.some(({ name }) => name === value)) return numbers(tensor)[0] !== 0;
  const maker = graph.nodes.find(({ outputs }) => outputs.includes(value));
  if (steps === 0 || (maker?.op !== "Not" && maker?.op !== "Identity")) return undefined;
  const inner = known(graph, maker.inputs[0] as Value, steps - 1);
  return inner === undefined ? undefined : inner !== (maker.op === "Not");
}

/** A branch's nodes under names of their own, its outputs under the node's. */
function inlined(branch: Graph, node: GraphNode, graph: Graph, op: Builder): GraphNode[] {
  const scope = op.scope(node.name);
  const names = new Map<Value, Value>();
  const made = new Set(branch.nodes.flatMap(({ outputs }) => outputs));
  branch.outputs.forEach(({ name }, i) => {
    const outer = node.outputs[i];
    if (outer && made.has(name) && !names.has(name)) names.set(name, outer);
  });
  for (const output of made) if (output !== "" && !names.has(output)) names.set(output, scope.fresh(output));
  for (const [name, tensor] of branch.initializers) {
    const own = scope.fresh(name);
    names.set(name, own);
    graph.initializers.set(own, tensor);
  }
  for (const [name, type] of branch.types) graph.types.set(names.get(name) ?? name, type);
  const nodes = branch.nodes.map((inner) => ({ ...renamed(inner, names), name: scope.fresh(inner.name) }));
  const copies = branch.outputs.flatMap(({ name }, i): GraphNode[] => {
    const outer = node.outputs[i];
    const value = names.get(name) ?? name;
    if (!outer || value === outer) return [];
    const called = scope.fresh("Identity");
    return [{ name: called, op: "Identity", domain: "", inputs: [value], outputs: [outer], attributes: {} }];
  });
  return [...nodes, ...copies];
}

/** A node under other names of values, also where its subgraphs capture them. */
function renamed(node: GraphNode, names: ReadonlyMap<Value, Value>): GraphNode {
  const to = (value: Value) => names.get(value) ?? value;
  const attributes = Object.entries(node.attributes).map(([key, attribute]): [string, Attribute] => {
    if (attribute.type !== "graph") return [key, attribute];
    const inner = attribute.value;
    const own = new Set([...inner.inputs.map(({ name }) => name), ...inner.initializers.keys()]);
    for (const { outputs } of inner.nodes) for (const output of outputs) own.add(output);
    const captured = new Map([...names].filter(([name]) => !own.has(name)));
    const nodes = inner.nodes.map((child) => renamed(child, captured));
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
