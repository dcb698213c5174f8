/** @file The pass over files that onnxruntime optimised and saved. */

import { FoveaError } from "../../foundation/error.js";
import { type Graph, isOptimised, subgraphsOf } from "../../onnx/graph.js";
import { inferTypes } from "../../runtime/infer-types.js";
import { runOnce } from "../../runtime/run-once.js";
import type { Runtime } from "../../runtime/session.js";
import { definePass } from "./pass.js";

export const expandOptimised = definePass({
  name: "expand-optimised",
  does: "Writes out operators that onnxruntime puts in the place of standard ones when it optimises a file.",
  needs: ["graph"],
  gives: ["graph"],
  async apply({ graph }, { runtime }) {
    if (!hasOptimised(graph)) return { graph };
    const { expandContrib } = await import("../../onnx/rewrite/contrib.js");
    return { graph: expandContrib(await withoutBlocks(await inferTypes(graph, runtime), runtime)) };
  },
});

function hasOptimised({ nodes }: Graph): boolean {
  return nodes.some((node) => isOptimised(node) || subgraphsOf(node).some(hasOptimised));
}

/** Of a file that does not tell its block size, the runtime itself takes this machine's. */
async function withoutBlocks(graph: Graph, runtime: Runtime): Promise<Graph> {
  const { blockSizeOf, expandNchwc, hasNchwc } = await import("../../onnx/rewrite/nchwc.js");
  if (!hasNchwc(graph)) return graph;
  const block = blockSizeOf(graph) ?? (await machineBlockSize(runtime));
  return block ? expandNchwc(graph, block) : graph;
}

/** Undefined where the runtime has no operators on blocks of channels. */
async function machineBlockSize(runtime: Runtime): Promise<8 | 16 | undefined> {
  const { blockProbe } = await import("../../onnx/rewrite/nchwc.js");
  const { graph, input, output } = blockProbe();
  try {
    const results = await runOnce(runtime, graph, { x: input }, { optimize: false, processor: true });
    return results[output]?.dims[1] === 16 ? 16 : 8;
  } catch (error) {
    if (error instanceof FoveaError) return undefined;
    throw error;
  }
}
