/** @file Runs a graph once, in a session of its own. */

import type { Graph, Value } from "../onnx/graph.js";
import type { Tensor } from "../onnx/tensor.js";
import type { Runtime, SessionOptions } from "./session.js";

/**
 * Every output by name. The session is closed whatever happens.
 * @throws FoveaError as `Runtime.open` and `Session.run` do
 */
export async function runOnce(
  runtime: Runtime,
  graph: Graph,
  feeds: Readonly<Record<Value, Tensor>>,
  options: SessionOptions = {},
): Promise<Record<Value, Tensor>> {
  const session = await runtime.open(graph, options);
  try {
    return await session.run(feeds);
  } finally {
    await session.close();
  }
}
