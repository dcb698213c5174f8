/** @file Folds nodes whose results are known in advance: constants become initializers, decided branches plain nodes. */

import { Builder } from "../builder.js";
import type { Graph, GraphNode, Value } from "../graph.js";
import { float32, int64, numbers, type Tensor } from "../tensor.js";
import { inlineSubgraph, takenBranch } from "./control-flow.js";

/**
 * Makes initializers of Constant nodes, and puts the taken branch in the place of every If whose condition is a constant
 * (or a constant's negation or copy). Subgraphs are treated likewise. Works on the graph in place.
 */
export function foldConstants(graph: Graph, op = new Builder(graph)): void {
  const nodes = [...graph.nodes];
  graph.nodes = [];
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  const fold = (node: GraphNode): void => {
    const constant = node.op === "Constant" && node.domain === "" ? constantOf(node) : undefined;
    const [output = ""] = node.outputs;
    if (constant && !outputs.has(output)) {
      graph.initializers.set(output, constant);
      return;
    }
    const condition = node.op === "If" && node.domain === "" ? truthOf(graph, node.inputs[0] ?? "") : undefined;
    const branch = condition === undefined ? undefined : takenBranch(node, condition);
    if (branch) {
      for (const inner of inlineSubgraph(branch, graph, op.scope(node.name), node.outputs).nodes) fold(inner);
      return;
    }
    for (const attribute of Object.values(node.attributes)) {
      if (attribute.type === "graph") foldConstants(attribute.value, new Builder(attribute.value, "", op));
    }
    graph.nodes.push(node);
  };
  for (const node of nodes) fold(node);
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

/** The truth of a value, as far as it follows from a constant within a few steps. */
function truthOf(graph: Graph, value: Value, steps = 100): boolean | undefined {
  const tensor = graph.initializers.get(value);
  if (tensor && tensor.size === 1 && !graph.inputs.some(({ name }) => name === value)) return numbers(tensor)[0] !== 0;
  const maker = graph.nodes.find(({ outputs }) => outputs.includes(value));
  if (steps === 0 || (maker?.op !== "Not" && maker?.op !== "Identity")) return undefined;
  const inner = truthOf(graph, maker.inputs[0] ?? "", steps - 1);
  return inner === undefined ? undefined : inner !== (maker.op === "Not");
}
