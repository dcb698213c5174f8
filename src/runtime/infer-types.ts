/** @file Types and shapes of all inner values, as the runtime itself infers them. */

import { Builder, copyGraph, type Graph, type Value, type ValueInfo, type ValueType } from "../onnx/index.js";
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

async function inferred(graph: Graph, values: readonly Value[], runtime: Runtime): Promise<readonly ValueInfo[]> {
  const session = await runtime.open({ ...graph, outputs: values.map((name) => ({ name })) }, { optimize: false });
  await session.close();
  return session.outputs;
}
