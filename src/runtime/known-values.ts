/** @file Values that follow from constants and from sizes that are known, computed by the runtime. */

import {
  copyGraph,
  dimsOf,
  type Graph,
  type GraphNode,
  int,
  producers,
  readsOf,
  runInputs,
  subgraphsOf,
  type Value,
} from "../onnx/graph.js";
import { descendants, prune } from "../onnx/prune.js";
import { randomNodes } from "../onnx/random-nodes.js";
import { int64, numbers, type Tensor } from "../onnx/tensor.js";
import { runOnce } from "./run-once.js";
import type { Runtime } from "./session.js";

/** Those of `values` that follow from constants and known sizes, computed by the runtime. */
export async function knownValues(
  graph: Graph,
  values: readonly Value[],
  runtime: Runtime,
): Promise<Map<Value, Tensor>> {
  const sized = withKnownSizes(graph);
  const undecided = [...randomNodes(sized), ...sized.nodes.filter(isEndless)].flatMap(({ outputs }) => outputs);
  const unknown = descendants(sized, [...runInputs(sized).map(({ name }) => name), ...undecided]);
  const computable = [...new Set(values)].filter((value) => !unknown.has(value));
  const tensors = new Map(computable.flatMap((value): [Value, Tensor][] => constant(sized, value)));
  const computed = computable.filter((value) => !tensors.has(value));
  if (computed.length === 0) return tensors;
  const results = await runOnce(runtime, prune(sized, computed), {}, { optimize: false, processor: true });
  for (const value of computed) tensors.set(value, results[value] as Tensor);
  return tensors;
}

/** Whether a node is a Loop that is ended by its body alone, or never, or holds one. */
function isEndless(node: GraphNode): boolean {
  const {
    op,
    domain,
    inputs: [count = ""],
  } = node;
  if (domain === "" && op === "Loop" && count === "") return true;
  return subgraphsOf(node).some(({ nodes }) => nodes.some(isEndless));
}

function constant(graph: Graph, value: Value): [Value, Tensor][] {
  const tensor = graph.initializers.get(value);
  return tensor ? [[value, tensor]] : [];
}

/** The graph with constants for sizes that are known, and for parts of shapes of which that part is known. */
function withKnownSizes(graph: Graph): Graph {
  const result = copyGraph(graph);
  const nodeOf = producers(graph);
  const sizesOf = (node: GraphNode): Tensor | undefined => {
    const [x = "", second = "", third = "", axes = "", steps = ""] = node.inputs;
    if (node.op === "Shape") return whole(shapeOf(graph, node));
    if (node.op === "Size") {
      const sizes = dimsOf(graph, x);
      return (
        sizes &&
        whole(
          [sizes.reduce<number | string>((a, b) => (typeof a === "number" && typeof b === "number" ? a * b : ""), 1)],
          [],
        )
      );
    }
    const source = nodeOf.get(x);
    const shape = source?.op === "Shape" ? shapeOf(graph, source) : undefined;
    const integersOf = (name: Value) => {
      const tensor = graph.initializers.get(name);
      return tensor && numbers(tensor);
    };
    if (shape === undefined) return undefined;
    if (node.op === "Gather" && int(node, "axis", 0) === 0) {
      const indices = integersOf(second);
      return (
        indices &&
        whole(
          indices.map((i) => shape.at(i) ?? ""),
          graph.initializers.get(second)?.dims,
        )
      );
    }
    const [start, end] = [integersOf(second)?.[0], integersOf(third)?.[0]];
    const plain = (axes === "" || integersOf(axes)?.[0] === 0) && (steps === "" || integersOf(steps)?.[0] === 1);
    if (node.op !== "Slice" || !plain || start === undefined || end === undefined) return undefined;
    return whole(shape.slice(start, end));
  };
  result.nodes = graph.nodes.filter((node) => {
    const tensor = readsOf(node).length > 0 ? sizesOf(node) : undefined;
    if (tensor) result.initializers.set(node.outputs[0] as Value, tensor);
    return tensor === undefined;
  });
  return result;
}

function shapeOf(graph: Graph, node: GraphNode): readonly (number | string)[] | undefined {
  const dims = dimsOf(graph, node.inputs[0] as Value);
  const end = int(node, "end", Number.POSITIVE_INFINITY);
  return dims?.slice(int(node, "start", 0), end);
}

/** Sizes as a tensor, if all of them are known. */
function whole(sizes: readonly (number | string)[] | undefined, dims?: readonly number[]): Tensor | undefined {
  if (!sizes?.every((size) => typeof size === "number")) return undefined;
  return int64(sizes as number[], dims);
}
