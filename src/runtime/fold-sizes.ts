/** @file Shapes that a graph for one image computes at run time, as constants where they do not hold the batch. */

import { copyGraph, type Graph, type Value } from "../onnx/graph.js";
import { descendants, prune } from "../onnx/prune.js";
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
  const isShape = (name: Value) => {
    const { type = "", dims } = graph.types.get(name) ?? {};
    const size = dims?.reduce<number>((product, dim) => product * Number(dim || Number.NaN), 1) ?? Number.NaN;
    return /^u?int|^bool/.test(type) && size <= longest;
  };
  const made = graph.nodes.filter(({ outputs }) => outputs.length === 1).flatMap(({ outputs }) => outputs);
  const known = await knownValues(loose, made.filter(isShape), runtime);
  if (known.size === 0) return graph;
  const result = copyGraph(graph);
  result.nodes = graph.nodes.filter(({ outputs: [name = ""] }) => !known.has(name));
  for (const [name, tensor] of known) result.initializers.set(name, tensor);
  return prune(
    result,
    graph.outputs.map(({ name }) => name),
  );
}
