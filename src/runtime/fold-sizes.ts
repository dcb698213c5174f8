/** @file Shapes and axes that a graph computes, as constants where they do not hold the batch. */

import { copyGraph, type Graph, runInputs, type Value } from "../onnx/graph.js";
import { descendants, prune } from "../onnx/prune.js";
import type { Tensor } from "../onnx/tensor.js";
import { knownValues } from "./known-values.js";
import type { Runtime } from "./session.js";

/** More numbers than any shape, list of axes or pads has. */
const longest = 64;

/**
 * The graph with constants for the whole numbers that follow from constants and from sizes other than the batch's. Sizes that
 * may be the batch (the first of a value, and every 1) are still read when the graph is run.
 * @param graph for one image, with the sizes of its values
 */
export async function foldSizes(graph: Graph, input: Value, runtime: Runtime): Promise<Graph> {
  const perImage = descendants(graph, [input]);
  const loose: Graph = {
    ...graph,
    inputs: graph.inputs.map((each) => (each.name === input ? { ...each, dims: undefined } : each)),
    types: new Map(
      [...graph.types].map(([name, type]) => {
        const dims = type.dims?.map((dim, axis) => (axis === 0 || dim === 1 ? "" : dim));
        return [name, perImage.has(name) ? { ...type, dims } : type];
      }),
    ),
  };
  return withConstants(graph, await knownValues(loose, shapesOf(graph), runtime));
}

/**
 * The graph with constants for the short lists of whole numbers that follow from constants alone, as exporters leave them that do
 * not optimise: axes, pads, shapes.
 * @param graph with the types of its values
 */
export async function foldConstants(graph: Graph, runtime: Runtime): Promise<Graph> {
  const sized = graph.nodes.filter(({ op }) => op === "Shape" || op === "Size").flatMap(({ outputs }) => outputs);
  const open = descendants(graph, [...runInputs(graph).map(({ name }) => name), ...sized]);
  const fixed = shapesOf(graph).filter((value) => !open.has(value));
  return fixed.length === 0 ? graph : withConstants(graph, await knownValues(graph, fixed, runtime));
}

/** Short lists of whole numbers, each of a node of its own. */
function shapesOf(graph: Graph): Value[] {
  const made = graph.nodes.filter(({ outputs }) => outputs.length === 1).flatMap(({ outputs }) => outputs);
  return made.filter((name) => {
    const { type = "", dims } = graph.types.get(name) ?? {};
    const size = dims?.reduce<number>((product, dim) => product * Number(dim || Number.NaN), 1) ?? Number.NaN;
    return /^u?int|^bool/.test(type) && size <= longest;
  });
}

function withConstants(graph: Graph, known: ReadonlyMap<Value, Tensor>): Graph {
  if (known.size === 0) return graph;
  const result = copyGraph(graph);
  result.nodes = graph.nodes.filter(({ outputs: [name = ""] }) => !known.has(name));
  for (const [name, tensor] of known) result.initializers.set(name, tensor);
  return prune(
    result,
    graph.outputs.map(({ name }) => name),
  );
}
