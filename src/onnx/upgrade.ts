/** @file Raises operators of older opsets to the forms of opset 18, once, when a model is read. */

import { FoveaError } from "../error.js";
import { Builder } from "./builder.js";
import { dimsOf, emittedOpset, float as floatOf, type Graph, type GraphNode, int, ints, type Value } from "./graph.js";
import { float32, int64 } from "./tensor.js";

/** The oldest opset that is understood. */
const oldestOpset = 7;

interface Raise {
  /** The opset from which on the operator has the present form. */
  readonly since: number;
  /** The same node in its present form. */
  readonly to: (op: Builder, node: GraphNode) => GraphNode;
}

/** An attribute that became an input: at position `input`, of the given kind. */
function inputFrom(attribute: string, input: number): Raise["to"] {
  return (op, node) => {
    const values = ints(node, attribute);
    if (values === undefined) return node;
    return withInput(node, input, op.scope(node.name).constant(int64(values), attribute), [attribute]);
  };
}

const axes13: Raise = { since: 13, to: inputFrom("axes", 1) };
const axes18: Raise = { since: 18, to: inputFrom("axes", 1) };

const raises: Record<string, Raise> = {
  Squeeze: axes13,
  Unsqueeze: axes13,
  ReduceSum: axes13,
  ReduceMean: axes18,
  ReduceMax: axes18,
  ReduceMin: axes18,
  ReduceProd: axes18,
  ReduceL1: axes18,
  ReduceL2: axes18,
  ReduceLogSum: axes18,
  ReduceLogSumExp: axes18,
  ReduceSumSquare: axes18,
  Clip: {
    since: 11,
    to: (op, node) => {
      const scope = op.scope(node.name);
      const bound = (name: string) =>
        node.attributes[name] ? scope.constant(float32([], [floatOf(node, name, 0)]), name) : "";
      return { ...node, inputs: [...node.inputs.slice(0, 1), bound("min"), bound("max")], attributes: {} };
    },
  },
  Dropout: { since: 12, to: (_op, node) => ({ ...node, attributes: {} }) },
  BatchNormalization: {
    since: 14,
    to: (_op, node) => {
      const { epsilon, momentum } = node.attributes;
      const kept = Object.entries({ epsilon, momentum }).filter(([, value]) => value !== undefined);
      return {
        ...node,
        outputs: node.outputs.slice(0, 1),
        attributes: Object.fromEntries(kept) as GraphNode["attributes"],
      };
    },
  },
  Softmax: { since: 13, to: lastAxisOnly },
  LogSoftmax: { since: 13, to: lastAxisOnly },
};

/**
 * Raises every node of a graph whose standard opset is older than 18.
 * @throws FoveaError `bad-graph` for opsets below 7, or a form that cannot be raised
 */
export function upgrade(graph: Graph, where: string): Graph {
  const opset = graph.opsets.get("") ?? emittedOpset;
  if (opset < oldestOpset) {
    throw new FoveaError(
      "bad-graph",
      `${where}: opset ${opset}: expected ${oldestOpset} or newer: export the model again`,
    );
  }
  if (opset >= emittedOpset) return graph;
  const builder = new Builder(graph);
  graph.nodes = graph.nodes.map((node) => {
    const raise = node.domain === "" ? raises[node.op] : undefined;
    return raise && opset < raise.since ? raise.to(builder, node) : node;
  });
  graph.opsets.set("", emittedOpset);
  return graph;
}

function withInput(node: GraphNode, position: number, value: Value, dropped: readonly string[]): GraphNode {
  const inputs = Array.from({ length: Math.max(position + 1, node.inputs.length) }, (_, i) => node.inputs[i] ?? "");
  inputs[position] = value;
  const attributes = Object.entries(node.attributes).filter(([name]) => !dropped.includes(name));
  return { ...node, inputs, attributes: Object.fromEntries(attributes) };
}

/** Before opset 13 the axes from `axis` on were flattened into one: the same thing only for the last axis. */
function lastAxisOnly(op: Builder, node: GraphNode): GraphNode {
  const axis = int(node, "axis", 1);
  const rank = dimsOf(op.graph, node.inputs[0] as Value)?.length;
  if (axis !== -1 && rank !== undefined && axis !== rank - 1) {
    throw new FoveaError(
      "bad-graph",
      `node "${node.name}" (${node.op}): axis ${axis} of ${rank}: expected the last one before opset 13`,
    );
  }
  return { ...node, attributes: { axis: { type: "int", value: -1 } } };
}
