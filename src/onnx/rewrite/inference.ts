/** @file Operators in training mode, as they are in inference. */

import { type Attribute, copyGraph, type Graph, type GraphNode, int, type Value } from "../graph.js";
import { numbers, type Tensor } from "../tensor.js";

/** A graph of which nothing is in training mode, and the names of the nodes by operator that were. */
export interface Inference {
  readonly graph: Graph;
  readonly trained: ReadonlyMap<string, readonly string[]>;
}

/**
 * Reads Dropout in training mode as what passes everything on, and BatchNormalization in training mode as what normalises
 * by its stored statistics, those of subgraphs included. Dropout whose mode is no constant counts as in training.
 */
export function asInference(graph: Graph): Inference {
  const trained = new Map<string, string[]>();
  const changed = withoutTraining(graph, new Map(), trained);
  return { graph: trained.size > 0 ? changed : graph, trained };
}

function withoutTraining(graph: Graph, outer: ReadonlyMap<Value, Tensor>, trained: Map<string, string[]>): Graph {
  const weights = new Map([...outer, ...graph.initializers]);
  const result = copyGraph(graph);
  result.nodes = graph.nodes.flatMap((node) => {
    const attributes = Object.entries(node.attributes).map(([name, attribute]): [string, Attribute] => [
      name,
      attribute.type === "graph"
        ? { type: "graph", value: withoutTraining(attribute.value, weights, trained) }
        : attribute,
    ]);
    const nodes = node.domain === "" ? inference[node.op]?.(node, weights) : undefined;
    if (nodes === undefined) return [{ ...node, attributes: Object.fromEntries(attributes) }];
    trained.set(node.op, [...(trained.get(node.op) ?? []), node.name]);
    return nodes;
  });
  return result;
}

/** The nodes that stand for one in training mode; undefined for one in inference. */
type ToInference = (node: GraphNode, weights: ReadonlyMap<Value, Tensor>) => readonly GraphNode[] | undefined;

const inference: Readonly<Record<string, ToInference>> = {
  Dropout(node, weights) {
    const [x = "", , mode = ""] = node.inputs;
    const constant = weights.get(mode);
    if (mode === "" || (constant !== undefined && numbers(constant)[0] === 0)) return undefined;
    return [{ ...node, inputs: [x], attributes: {} }];
  },
  /** The statistics of inference are those that are stored, and stay what they are. */
  BatchNormalization(node) {
    if (int(node, "training_mode", 0) !== 1) return undefined;
    const { training_mode: _, ...attributes } = node.attributes;
    const [y = "", ...statistics] = node.outputs;
    const kept = statistics.flatMap((output, i): GraphNode[] => {
      const names = { name: `${node.name}/${output}`, inputs: [node.inputs[3 + i] ?? ""], outputs: [output] };
      return output === "" ? [] : [{ ...names, op: "Identity", domain: "", attributes: {} }];
    });
    return [{ ...node, outputs: [y], attributes }, ...kept];
  },
};
