/** @file The passes that let a graph take any number of images, and tell its sizes for them. */

import { dimsOf, type Graph, runInputs, type Value, type ValueInfo } from "../../onnx/graph.js";
import { freeBatch as withFreeBatch } from "../../onnx/rewrite/free-batch.js";
import { foldSizes } from "../../runtime/fold-sizes.js";
import {
  inferTypes,
  opensOptimized,
  trySettlingSizes,
  unlessRefused,
  settleSizes as withSettledSizes,
} from "../../runtime/infer-types.js";
import type { Runtime } from "../../runtime/session.js";
import { definePass } from "./pass.js";

export const settleSizes = definePass({
  name: "settle-sizes",
  does: "Fills in sizes that the graph computes at run time: by running it for its one batch, or by what batches of two and three images have in common.",
  needs: ["graph", "input"],
  gives: ["graph", "input"],
  apply: async ({ graph, input }, { runtime }) => withInput(await withSettledSizes(graph, runtime), input),
});

export const freeBatch = definePass({
  name: "free-batch",
  does: "Rewrites a graph for one image so that it takes any number, where the runtime agrees; `Batches` verifies it on the first batch.",
  needs: ["graph", "input", "oneByOne", "output"],
  gives: ["graph", "input"],
  async apply({ graph, input, oneByOne, output }, { runtime }) {
    const batched = oneByOne ? await unlessRefused(() => tryFreeBatch(graph, input.name, output, runtime)) : undefined;
    return withInput(batched ?? graph, input);
  },
});

/**
 * The graph for any number of images; undefined where the number of scores would not follow that of the images, or the runtime
 * refuses two or three of them.
 * @throws FoveaError `bad-graph` where the runtime refuses the rewritten graph
 */
async function tryFreeBatch(graph: Graph, input: Value, output: Value, runtime: Runtime): Promise<Graph | undefined> {
  const folded = await foldSizes(graph, input, runtime);
  const freed = await inferTypes(withFreeBatch(folded, input), runtime);
  const result = await trySettlingSizes(freed, runtime);
  if (result === undefined || typeof dimsOf(result, output)?.[0] !== "string") return undefined;
  return result === freed || (await opensOptimized(result, runtime)) ? result : undefined;
}

/** A graph, with its image input as the graph declares it. */
function withInput(graph: Graph, { name }: ValueInfo): { graph: Graph; input: ValueInfo } {
  const input = runInputs(graph).find((each) => each.name === name);
  if (input === undefined) throw new Error(`internal: the graph has lost its input ${name}`);
  return { graph, input };
}
