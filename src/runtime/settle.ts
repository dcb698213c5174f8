/** @file Control flow that is decided in advance: the runtime computes the deciding values, and plain nodes stay. */

import {
  copyGraph,
  dimsOf,
  type Graph,
  type GraphNode,
  int as intAttribute,
  producers,
  readsOf,
  runInputs,
  type Value,
} from "../onnx/graph.js";
import { descendants, prune } from "../onnx/prune.js";
import { refuseVastGraphs } from "../onnx/read/limits.js";
import { takenBranch, unrollLoop, withBranch } from "../onnx/rewrite/control-flow.js";
import { int64, numbers, type Tensor } from "../onnx/tensor.js";
import { inferTypes } from "./infer-types.js";
import type { Runtime } from "./session.js";

/** The largest number of repetitions of a Loop that are written out. */
const mostRepetitions = 64;
/** Ifs and Loops that are decided; those beyond stay. Each costs another inference of all types. */
const mostSettled = 200;

const random = new Set([
  "RandomNormal",
  "RandomUniform",
  "RandomNormalLike",
  "RandomUniformLike",
  "Multinomial",
  "Bernoulli",
]);

/**
 * The graph with types (`inferTypes`), and without the Ifs and Loops whose condition and number of repetitions follow from
 * constants and from sizes that are known: the taken branch, or the repetitions (64 at most), stand in their place. Those
 * that are decided by run-time inputs stay.
 * @throws FoveaError `bad-graph` when the runtime refuses the graph
 */
export async function settleControlFlow(graph: Graph, runtime: Runtime): Promise<Graph> {
  let typed = await inferTypes(graph, runtime);
  for (let i = 0; i < mostSettled; i++) {
    const simpler = await settleOne(typed, runtime);
    if (simpler === undefined) break;
    refuseVastGraphs(simpler);
    typed = await inferTypes(simpler, runtime);
  }
  return typed;
}

/** The graph without the first If or Loop that is decided. */
async function settleOne(graph: Graph, runtime: Runtime): Promise<Graph | undefined> {
  const nodes = graph.nodes.filter(({ op, domain }) => domain === "" && (op === "If" || op === "Loop"));
  if (nodes.length === 0) return undefined;
  const constants = await knownValues(
    graph,
    nodes.flatMap((node) => deciding(node)),
    runtime,
  );
  for (const node of nodes) {
    const values = deciding(node).map((name) => constants.get(name));
    if (values.includes(undefined)) continue;
    const [first] = values.map((value) => numbers(value as Tensor)[0] as number);
    const branch = node.op === "If" ? takenBranch(node, first !== 0) : undefined;
    const simpler = branch ? withBranch(graph, node, branch) : await repeated(graph, node, constants, runtime);
    if (simpler) return simpler;
  }
  return undefined;
}

/** The inputs that decide an If or Loop: its condition; the number of repetitions and the first condition. */
function deciding({ op, inputs }: GraphNode): Value[] {
  return (op === "If" ? inputs.slice(0, 1) : inputs.slice(0, 2)).filter((name) => name !== "");
}

/** The loop written out, if it is known when it ends. */
async function repeated(
  graph: Graph,
  node: GraphNode,
  known: ReadonlyMap<Value, Tensor>,
  runtime: Runtime,
): Promise<Graph | undefined> {
  if (node.op !== "Loop") return undefined;
  const [times, start] = node.inputs.slice(0, 2).map((name) => known.get(name));
  const limit = times === undefined ? Number.POSITIVE_INFINITY : (numbers(times)[0] as number);
  const starts = start === undefined || numbers(start)[0] !== 0;
  if (!starts || limit < 1 || (times !== undefined && limit > mostRepetitions)) return undefined;
  const tried = unrollLoop(graph, node, Math.min(limit, mostRepetitions));
  const goesOn = await knownValues(tried.graph, tried.conditions, runtime);
  const decisions = tried.conditions.map((name) => goesOn.get(name)).map((value) => value && numbers(value)[0] !== 0);
  const end = decisions.indexOf(false);
  if (decisions.slice(0, end < 0 ? undefined : end).includes(undefined)) return undefined;
  if (end < 0) return times === undefined ? undefined : tried.graph;
  return end + 1 === decisions.length ? tried.graph : unrollLoop(graph, node, end + 1).graph;
}

/** Those of `values` that follow from constants and known sizes, computed by the runtime. */
async function knownValues(graph: Graph, values: readonly Value[], runtime: Runtime): Promise<Map<Value, Tensor>> {
  const sized = withKnownSizes(graph);
  const randomValues = sized.nodes.filter(({ op }) => random.has(op)).flatMap(({ outputs }) => outputs);
  const unknown = descendants(sized, [...runInputs(sized).map(({ name }) => name), ...randomValues]);
  const computable = [...new Set(values)].filter((value) => !unknown.has(value));
  const tensors = new Map(computable.flatMap((value): [Value, Tensor][] => constant(sized, value)));
  const computed = computable.filter((value) => !tensors.has(value));
  if (computed.length === 0) return tensors;
  const session = await runtime.open(prune(sized, computed), { optimize: false, processor: true });
  const results = await session.run({});
  await session.close();
  for (const value of computed) tensors.set(value, results[value] as Tensor);
  return tensors;
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
    if (node.op === "Gather" && intAttribute(node, "axis", 0) === 0) {
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
  const end = intAttribute(node, "end", Number.POSITIVE_INFINITY);
  return dims?.slice(intAttribute(node, "start", 0), end);
}

/** Sizes as a tensor, if all of them are known. */
function whole(sizes: readonly (number | string)[] | undefined, dims?: readonly number[]): Tensor | undefined {
  if (!sizes?.every((size) => typeof size === "number")) return undefined;
  return int64(sizes as number[], dims);
}
