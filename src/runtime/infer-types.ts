/** @file Types and shapes of all inner values, as the runtime itself infers them. */

import { copyGraph, type Graph, type ValueType } from "../onnx/index.js";
import type { Runtime } from "./session.js";

/**
 * The graph with `types` filled in for every node's output: each is listed as an output without a type, and the
 * session's metadata tells what the runtime made of it. Sizes that depend on run-time inputs stay symbolic or unknown.
 */
export async function inferTypes(graph: Graph, runtime: Runtime): Promise<Graph> {
  const probe = copyGraph(graph);
  const values = graph.nodes.flatMap((node) => node.outputs).filter((name) => name !== "");
  probe.types = new Map();
  probe.outputs = values.map((name) => ({ name }));
  const session = await runtime.open(probe, { optimize: false });
  const result = copyGraph(graph);
  result.types = new Map();
  for (const { name, type, dims } of session.outputs) {
    if (type !== undefined) result.types.set(name, { type, dims } satisfies ValueType);
  }
  await session.close();
  result.outputs = graph.outputs.map(({ name, ...declared }) => ({ name, ...(result.types.get(name) ?? declared) }));
  return result;
}
