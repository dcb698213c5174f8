/** @file Operators in training mode, as they are in inference. */

import {
  copyGraph,
  dimsOf,
  type Graph,
  type GraphNode,
  int,
  producers,
  runInputs,
  type Value,
  withSubgraphs,
} from "../graph.js";
import { descendants } from "../prune.js";
import { numbers, type Tensor } from "../tensor.js";

/** A graph of which nothing is in training mode, and the names of the nodes by operator that were. */
export interface Inference {
  readonly graph: Graph;
  readonly trained: ReadonlyMap<string, readonly string[]>;
}

/**
 * Reads Dropout in training mode as what passes everything on, and BatchNormalization in training mode as what normalises
 * by its stored statistics, those of subgraphs included. Dropout whose mode is no constant counts as in training.
 * BatchNormalization stays as it is where it normalises weights, or each image by itself, or has no statistics stored: there
 * its mode is how a file writes another normalisation.
 * @param graph with the types of all values
 */
export function asInference(graph: Graph): Inference {
  const trained = new Map<string, string[]>();
  const changed = withoutTraining(graph, new Map(), trained);
  return { graph: trained.size > 0 ? changed : graph, trained };
}

function withoutTraining(graph: Graph, outer: ReadonlyMap<Value, Tensor>, trained: Map<string, string[]>): Graph {
  const weights = new Map([...outer, ...graph.initializers]);
  const normalises = batchNormalisations(graph, weights, outer.size > 0);
  const result = copyGraph(graph);
  result.nodes = graph.nodes.flatMap((node) => {
    const nodes =
      (drops(node, weights) && [{ ...node, inputs: node.inputs.slice(0, 1), attributes: {} }]) ||
      (normalises.has(node) && byStoredStatistics(node));
    if (nodes) {
      trained.set(node.op, [...(trained.get(node.op) ?? []), node.name]);
      return nodes;
    }
    return [withSubgraphs(node, (subgraph) => withoutTraining(subgraph, weights, trained))];
  });
  return result;
}

/** Whether a node is Dropout that drops. */
function drops({ op, domain, inputs }: GraphNode, weights: ReadonlyMap<Value, Tensor>): boolean {
  const [, , mode = ""] = inputs;
  const constant = weights.get(mode);
  return op === "Dropout" && domain === "" && mode !== "" && !(constant && numbers(constant)[0] === 0);
}

/** The nodes that normalise by the images of a run, and have statistics of their own. */
function batchNormalisations(
  graph: Graph,
  weights: ReadonlyMap<Value, Tensor>,
  inside: boolean,
): ReadonlySet<GraphNode> {
  const ofImages = descendants(
    graph,
    runInputs(graph).map(({ name }) => name),
  );
  const madeBy = producers(graph);
  const batches = runInputs(graph).map(({ dims }) => dims?.[0]);
  const normalises = (node: GraphNode) => {
    const [x = "", , , ...statistics] = node.inputs;
    if (node.op !== "BatchNormalization" || node.domain !== "" || int(node, "training_mode", 0) !== 1) return false;
    if (!statistics.every((value) => weights.has(value))) return false;
    if (inside) return true;
    const oneRow = dimsOf(graph, x)?.[0] === 1;
    // [1, N · C, ...]: of a file for one image only that it was reshaped tells this from a batch of one.
    const alone = oneRow && (!batches.includes(1) || madeBy.get(x)?.op === "Reshape");
    return ofImages.has(x) && !alone;
  };
  return new Set(graph.nodes.filter(normalises));
}

/** The statistics of inference are those that are stored, and stay what they are. */
function byStoredStatistics(node: GraphNode): GraphNode[] {
  const { training_mode: _, ...attributes } = node.attributes;
  const [y = "", ...statistics] = node.outputs;
  const kept = statistics.flatMap((output, i): GraphNode[] => {
    const names = { name: `${node.name}/${output}`, inputs: [node.inputs[3 + i] ?? ""], outputs: [output] };
    return output === "" ? [] : [{ ...names, op: "Identity", domain: "", attributes: {} }];
  });
  return [{ ...node, outputs: [y], attributes }, ...kept];
}
