/** @file Limits of a file, whatever its operators: no data from places that are not looked at, and no loops without end. */

import { FoveaError } from "../../foundation/error.js";
import { type Graph, type GraphNode, readsOf, subgraphsOf, type Value } from "../graph.js";
import {
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type SparseTensorProto,
  type TensorProto,
  TensorProto_DataLocation,
} from "../proto/onnx_pb.js";
import { numbers } from "../tensor.js";
import {
  type Budget,
  mostConstants,
  mostInputs,
  mostNodes,
  mostOutputs,
  mostReaders,
  mostSteps,
  mostSubgraphs,
} from "./budget.js";

/**
 * Refuses data in other files for tensors that are handed to the runtime as they are: it would read them itself, from
 * wherever they say. Those that are decoded here (weights, and tensors of attributes) are left to `ReadExternal`. Sparse
 * tensors, which the runtime makes dense ones of, are counted with their zeros.
 * @throws FoveaError `bad-file`, `bad-graph` for sparse tensors above the budget
 */
export function refuseHiddenData(model: ModelProto, where: string, budget: Budget): void {
  const isExternal = (tensor: TensorProto) => tensor.dataLocation === TensorProto_DataLocation.EXTERNAL;
  const node = ({ attribute }: NodeProto) => {
    for (const { t, tensors, sparseTensor, sparseTensors, g, graphs } of attribute) {
      const sparse = [...(sparseTensor ? [sparseTensor] : []), ...sparseTensors];
      for (const each of sparse) budget.spend("sparse", denseSize(each));
      const opaque = [...tensors, ...sparse.flatMap(tensorsOf), ...(t?.dataType === texts ? [t] : [])];
      const tensor = opaque.find(isExternal);
      if (tensor) throw refusal(where, tensor.name);
      for (const inner of g ? [g, ...graphs] : graphs) graph(inner);
    }
  };
  const graph = ({ node: nodes, sparseInitializer }: GraphProto) => {
    const tensor = sparseInitializer.flatMap(tensorsOf).find(isExternal);
    if (tensor) throw refusal(where, tensor.name);
    for (const each of sparseInitializer) budget.spend("sparse", denseSize(each));
    nodes.forEach(node);
  };
  const training = model.trainingInfo.flatMap(({ initialization, algorithm }) => [initialization, algorithm]);
  for (const each of [model.graph, ...training]) if (each) graph(each);
  for (const { node: nodes } of model.functions) nodes.forEach(node);
}

/** TensorProto.DataType.STRING. */
const texts = 8;

function tensorsOf({ values, indices }: { values?: TensorProto; indices?: TensorProto }): TensorProto[] {
  return [values, indices].filter((tensor) => tensor !== undefined);
}

/** Elements, zeros included. */
function denseSize({ dims }: SparseTensorProto): number {
  return dims.reduce((product, dim) => product * Math.max(1, Number(dim)), 1);
}

function refusal(where: string, name: string): FoveaError {
  return new FoveaError(
    "bad-file",
    `${where}: tensor "${name}": its data lies in another file: expected that of dense weights only`,
  );
}

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
    for (const attribute of Object.values(node.attributes)) {
      if (attribute.type === "graph") refuseEndlessLoops(attribute.value, unknown, steps);
    }
  }
}

function stepsOf(graph: Graph, { inputs: [count = ""] }: GraphNode, unknown: number): number {
  const tensor = graph.initializers.get(count);
  return (tensor && numbers(tensor)[0]) ?? unknown;
}
