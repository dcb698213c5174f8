/** @file Runs small graphs on the node runtime, with one session per graph. */

import type { Graph, Value } from "../../../src/onnx/graph.js";
import type { Tensor } from "../../../src/onnx/tensor.js";
import type { Session } from "../../../src/runtime/session.js";
import { runtime } from "../runtime.js";

export type Feeds = Readonly<Record<Value, Tensor>>;

const sessions = new Map<Graph, Promise<Session>>();

/** After each file, see `close-sessions.ts`. */
export async function closeSessions(): Promise<void> {
  for (const session of sessions.values()) await session.then(({ close }) => close()).catch(() => {});
  sessions.clear();
}

/** Runs a graph node by node, as it stands. A graph that has run before keeps its session. */
export async function run(graph: Graph, feeds: Feeds): Promise<Record<Value, Tensor>> {
  const open = sessions.get(graph) ?? runtime.open(graph, { optimize: false, threads: 1 });
  sessions.set(graph, open);
  return (await open).run(feeds);
}

/** The same in a session of its own: what a graph with random numbers needs to draw the same ones again. */
export async function runFresh(graph: Graph, feeds: Feeds): Promise<Record<Value, Tensor>> {
  const session = await runtime.open(graph, { optimize: false, threads: 1 });
  const results = await session.run(feeds);
  await session.close();
  return results;
}
