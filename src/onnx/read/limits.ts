/** @file Limits of a file, whatever its operators: no data from places that are not looked at, and no loops without end. */

import { FoveaError } from "../../foundation/error.js";
import { type Graph, type GraphNode, int } from "../graph.js";
import {
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type TensorProto,
  TensorProto_DataLocation,
} from "../proto/onnx_pb.js";
import { numbers } from "../tensor.js";

/** Nodes of a model; the largest classifiers have a few thousand. onnxruntime takes time by their square. */
const mostNodes = 20_000;
/** Steps that the loops of a model may take, nested ones multiplied. */
const mostSteps = 10_000;

/**
 * Refuses data in other files for tensors that are handed to the runtime as they are: it would read them itself, from
 * wherever they say. Those that are decoded here (weights, and tensors of attributes) are left to `ReadExternal`.
 * @throws FoveaError `bad-file`
 */
export function refuseHiddenFiles(model: ModelProto, where: string): void {
  const isExternal = (tensor: TensorProto) => tensor.dataLocation === TensorProto_DataLocation.EXTERNAL;
  const node = ({ attribute }: NodeProto) => {
    for (const { t, tensors, sparseTensor, sparseTensors, g, graphs } of attribute) {
      const sparse = [...(sparseTensor ? [sparseTensor] : []), ...sparseTensors];
      const opaque = [...tensors, ...sparse.flatMap(tensorsOf), ...(t?.dataType === texts ? [t] : [])];
      const tensor = opaque.find(isExternal);
      if (tensor) throw refusal(where, tensor.name);
      for (const inner of g ? [g, ...graphs] : graphs) graph(inner);
    }
  };
  const graph = ({ node: nodes, sparseInitializer }: GraphProto) => {
    const tensor = sparseInitializer.flatMap(tensorsOf).find(isExternal);
    if (tensor) throw refusal(where, tensor.name);
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

function refusal(where: string, name: string): FoveaError {
  return new FoveaError(
    "bad-file",
    `${where}: tensor "${name}": its data lies in another file: expected that of dense weights only`,
  );
}

/** @throws FoveaError `bad-graph` for more nodes than any classifier has */
export function refuseVastGraphs({ nodes }: Graph, where = "model"): void {
  if (nodes.length <= mostNodes) return;
  throw new FoveaError("bad-graph", `${where}: expected a network of at most ${mostNodes} nodes, got ${nodes.length}`);
}

/**
 * Refuses attributes that onnxruntime does not look at before it divides by them or makes room for them: it would take the
 * process down.
 * @throws FoveaError `bad-graph`
 */
export function refuseFatalAttributes(graph: Graph, where: string): void {
  for (const node of graph.nodes) {
    const limit = node.domain === "" ? fatal[node.op] : undefined;
    const got = limit ? int(node, limit.attribute, 1) : 1;
    if (limit && !(got > 0 && got <= limit.most(node))) {
      const expected = `expected ${limit.attribute} from 1 to ${limit.most(node)}`;
      throw new FoveaError("bad-graph", `${where}: node "${node.name}" (${node.op}): ${expected}, got ${got}`);
    }
    for (const { type, value } of Object.values(node.attributes)) {
      if (type === "graph") refuseFatalAttributes(value, where);
    }
  }
}

const fatal: Readonly<Record<string, { readonly attribute: string; readonly most: (node: GraphNode) => number }>> = {
  DepthToSpace: { attribute: "blocksize", most: () => 2 ** 15 },
  SpaceToDepth: { attribute: "blocksize", most: () => 2 ** 15 },
  Split: { attribute: "num_outputs", most: ({ outputs }) => outputs.length },
};

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
