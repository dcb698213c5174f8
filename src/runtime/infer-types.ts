/** @file Types and shapes of all inner values, as the runtime itself infers them. */

import { Builder } from "../onnx/builder.js";
import {
  copyGraph,
  type Dim,
  type Graph,
  runInputs,
  type Value,
  type ValueInfo,
  type ValueType,
} from "../onnx/graph.js";
import type { Runtime } from "./session.js";

/**
 * The graph with `types` filled in for every node's output: each is listed as an output without a type, and the
 * session's metadata tells what the runtime made of it. Sizes that depend on run-time inputs stay symbolic or unknown.
 * @throws FoveaError `bad-graph` when the runtime refuses the graph
 */
export async function inferTypes(graph: Graph, runtime: Runtime): Promise<Graph> {
  const probe = withoutWeights(graph);
  probe.types = new Map();
  const values = graph.nodes.flatMap((node) => node.outputs).filter((name) => name !== "");
  const infos = (await inferred(probe, values, runtime)).filter(({ type }) => type !== undefined);
  const result = copyGraph(graph);
  result.types = new Map(infos.map(({ name, type, dims }) => [name, { type, dims } as ValueType]));
  const unranked = infos.filter(({ dims }) => dims?.length === 0).map(({ name }) => name);
  for (const name of await withoutRank(probe, unranked, runtime)) {
    result.types.set(name, { ...(result.types.get(name) as ValueType), dims: undefined });
  }
  result.outputs = graph.outputs.map(({ name, ...declared }) => ({ name, ...(result.types.get(name) ?? declared) }));
  return result;
}

/**
 * Fills in the sizes that `inferTypes` left open in a graph of one input whose batch alone is free: exporters compute the
 * shapes of transformers at run time, and only for a fixed batch does the runtime compute them in advance. What two batches
 * have in common is no question of the batch; the rest is the batch `N` itself, or as many times it: `4*N`.
 */
export async function settleSizes(graph: Graph, runtime: Runtime): Promise<Graph> {
  const [input, ...others] = runInputs(graph);
  const [batchSize, ...sizes] = input?.dims ?? [];
  const open = graph.nodes
    .flatMap(({ outputs }) => outputs)
    .filter((name) =>
      graph.types.get(name)?.dims?.some((dim) => typeof dim === "string" && (dim === "" || dim !== batchSize)),
    );
  const fixable = typeof batchSize === "string" && sizes.length > 0 && sizes.every((dim) => typeof dim === "number");
  if (input === undefined || others.length > 0 || !fixable || open.length === 0) return graph;
  const batch = batchSize || "N";
  const [two, three] = await Promise.all([2, 3].map((count) => sizesForBatch(graph, input, count, open, runtime)));
  if (two === undefined || three === undefined) return graph;
  const result = copyGraph(graph);
  result.inputs = graph.inputs.map((each) => (each === input ? { ...input, dims: [batch, ...sizes] } : each));
  open.forEach((name, i) => {
    const dims = two[i]?.map((dim, axis) => sizeOf(dim, three[i]?.[axis], batch));
    if (dims) result.types.set(name, { ...(graph.types.get(name) as ValueType), dims });
  });
  return result;
}

function sizeOf(two: Dim, three: Dim | undefined, batch: string): Dim {
  if (typeof two !== "number" || typeof three !== "number") return "";
  if (two === three) return two;
  if (two * 3 !== three * 2) return "";
  return two === 2 ? batch : `${two / 2}*${batch}`;
}

/** Undefined where the runtime refuses a batch of this size. */
async function sizesForBatch(
  graph: Graph,
  input: ValueInfo,
  count: number,
  values: readonly Value[],
  runtime: Runtime,
): Promise<(readonly Dim[] | undefined)[] | undefined> {
  const probe = withoutWeights(graph);
  probe.types = new Map();
  probe.inputs = probe.inputs.map((each) =>
    each.name === input.name ? { ...each, dims: [count, ...(input.dims ?? []).slice(1)] } : each,
  );
  try {
    return (await inferred(probe, values, runtime, true)).map(({ dims }) => dims);
  } catch {
    return undefined;
  }
}

/** A copy that declares its weights without holding them: shapes don't depend on their numbers, and opening is cheaper. */
function withoutWeights(graph: Graph): Graph {
  const result = copyGraph(graph);
  for (const [name, { type, dims, size }] of graph.initializers) {
    if (size <= 64 || !type.includes("float")) continue;
    result.initializers.delete(name);
    if (!result.inputs.some((input) => input.name === name)) result.inputs.push({ name, type, dims });
  }
  return result;
}

/** Those of `values` that are no scalars: an unknown rank, too, reads as no sizes, but a scalar unsqueezed has one. */
async function withoutRank(graph: Graph, values: readonly Value[], runtime: Runtime): Promise<Value[]> {
  if (values.length === 0) return [];
  const op = new Builder(copyGraph(graph));
  const unsqueezed = values.map((value) => op.Unsqueeze(value, op.ints([0])));
  const infos = await inferred(op.graph, unsqueezed, runtime);
  return values.filter((_, i) => infos[i]?.dims?.length !== 1);
}

async function inferred(
  graph: Graph,
  values: readonly Value[],
  runtime: Runtime,
  optimize = false,
): Promise<readonly ValueInfo[]> {
  const session = await runtime.open(
    { ...graph, outputs: values.map((name) => ({ name })) },
    { optimize, processor: true },
  );
  await session.close();
  return session.outputs;
}
