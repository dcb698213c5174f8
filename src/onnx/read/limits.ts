/** @file Limits of a graph, whatever its operators: no more than onnxruntime opens within seconds, and no loops without end. */

import { FoveaError } from "../../foundation/error.js";
import { type Graph, type GraphNode, readsOf, subgraphsOf, type Value } from "../graph.js";
import { numbers } from "../tensor.js";
import { mostConstants, mostInputs, mostNodes, mostOutputs, mostReaders, mostSteps, mostSubgraphs } from "./budget.js";

/**
 * Refuses what onnxruntime takes too long for.
 * @throws FoveaError `bad-graph` for more nodes, subgraphs, constants, inputs or outputs than any classifier has, or a value that more
 *   nodes read
 */
export function refuseVastGraphs(graph: Graph, where = "model"): void {
  let [constants, mostOfOne] = [0, 0];
  for (const [value, count] of readersIn(graph)) {
    if (graph.initializers.has(value)) constants++;
    else mostOfOne = Math.max(mostOfOne, count);
  }
  const counts = [
    [nodesIn(graph), mostNodes, "nodes"],
    [subgraphsIn(graph), mostSubgraphs, "branches and loops"],
    [constants, mostConstants, "constants"],
    [graph.inputs.length, mostInputs, "inputs"],
    [graph.outputs.length, mostOutputs, "outputs"],
    [mostOfOne, mostReaders, "nodes that read one value"],
  ] as const;
  for (const [count, most, what] of counts) {
    if (count <= most) continue;
    throw new FoveaError("bad-graph", `${where}: expected a network of at most ${most} ${what}, got ${count}`);
  }
}

/** How many nodes read each value. */
function readersIn(graph: Graph): Map<Value, number> {
  const counts = new Map<Value, number>(graph.outputs.map(({ name }) => [name, 1]));
  for (const node of graph.nodes) {
    for (const value of new Set(readsOf(node))) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return counts;
}

/** Those of subgraphs included. */
export function nodesIn({ nodes }: Graph): number {
  return nodes.reduce((sum, node) => sum + 1 + subgraphsOf(node).reduce((inner, each) => inner + nodesIn(each), 0), 0);
}

function subgraphsIn({ nodes }: Graph): number {
  return nodes.reduce((sum, node) => subgraphsOf(node).reduce((all, each) => all + 1 + subgraphsIn(each), sum), 0);
}

/**
 * Refuses loops of very many steps, nested ones multiplied.
 * @param unknown how many steps count for a loop whose number of steps is no constant
 * @throws FoveaError `bad-graph`
 */
export function refuseEndlessLoops(graph: Graph, unknown: number, outer = 1): void {
  for (const node of graph.nodes) {
    const steps = outer * (node.op === "Loop" && node.domain === "" ? stepsOf(graph, node, unknown) : 1);
    if (!(steps <= mostSteps)) {
      const got = Number.isFinite(steps) ? `${steps}` : "one that is not known before it runs";
      throw new FoveaError(
        "bad-graph",
        `node "${node.name}" (Loop): expected a constant number of steps, at most ${mostSteps}, got ${got}`,
      );
    }
    for (const inner of subgraphsOf(node)) refuseEndlessLoops(inner, unknown, steps);
  }
}

function stepsOf(graph: Graph, { inputs: [count = ""] }: GraphNode, unknown: number): number {
  const tensor = graph.initializers.get(count);
  return (tensor && numbers(tensor)[0]) ?? unknown;
}
