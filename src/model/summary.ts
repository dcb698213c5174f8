/** @file A network as a list of its layers with shapes and parameters. */

import {
  dimsOf,
  type Graph,
  type GraphNode,
  int as intAttribute,
  ints as intsAttribute,
  staticDims,
  type Value,
} from "../onnx/graph.js";
import type { Tensor } from "../onnx/tensor.js";

/** One node of a network, as people read it. */
export interface NetworkLayer {
  /** Name of the value that it makes. */
  readonly name: Value;
  /** The operator with its size, e.g. `Conv 3x3, stride 2`. */
  readonly operator: string;
  /** Output sizes without the batch; undefined where any is open. */
  readonly shape: readonly number[] | undefined;
  /** Trainable numbers: weights and biases, without running statistics. */
  readonly parameters: number;
}

/** Every node of the graph in order of computation, constants left out. */
export function networkLayers(graph: Graph): NetworkLayer[] {
  return graph.nodes.flatMap((node) => {
    const [name = ""] = node.outputs;
    if (node.op === "Constant") return [];
    const shape = staticDims(dimsOf(graph, name)?.slice(1));
    return [{ name, operator: operatorLabel(graph, node), shape, parameters: count(trainable(graph, node)) }];
  });
}

/** Trainable numbers of the whole network; shared ones count once. */
export function parameterCount(graph: Graph): number {
  return count([...new Set(graph.nodes.flatMap((node) => trainable(graph, node)))]);
}

/** Operators with running statistics behind their third input. */
const withStatistics = new Set(["BatchNormalization"]);

function trainable(graph: Graph, node: GraphNode): Tensor[] {
  const inputs = withStatistics.has(node.op) ? node.inputs.slice(0, 3) : node.inputs;
  return inputs.flatMap((input) => {
    const tensor = graph.initializers.get(input);
    return tensor !== undefined && ["float32", "float16", "float64"].includes(tensor.type) ? [tensor] : [];
  });
}

function count(tensors: readonly Tensor[]): number {
  return tensors.reduce((total, { size }) => total + size, 0);
}

function operatorLabel(graph: Graph, node: GraphNode): string {
  const weight = graph.initializers.get(node.inputs[1] ?? "")?.dims.slice(2);
  const kernel = intsAttribute(node, "kernel_shape") ?? (node.op.startsWith("Conv") ? weight : undefined);
  const strides = intsAttribute(node, "strides") ?? [];
  const group = node.op.startsWith("Conv") ? intAttribute(node, "group", 1) : 1;
  const size = kernel && kernel.length > 0 ? ` ${kernel.join("×")}` : "";
  const stride = strides.some((s) => s > 1) ? `, stride ${[...new Set(strides)].join("×")}` : "";
  return `${node.op}${size}${stride}${group > 1 ? `, ${group} groups` : ""}`;
}
