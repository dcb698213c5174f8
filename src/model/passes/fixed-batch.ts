/** @file The pass over files that take a fixed number of images, such as the batch that a network was trained with. */

import { definePass } from "./pass.js";

export const freeFixedBatch = definePass({
  name: "free-fixed-batch",
  does: "Rewrites a graph for a fixed number of images so that it takes any number, where that gives the file's results; else `Batches` fills up.",
  needs: ["graph", "input", "output"],
  gives: ["graph", "input"],
  async apply({ graph, input, output }, { runtime }) {
    const batch = input.dims?.[0];
    if (typeof batch !== "number" || batch <= 1) return { graph, input };
    const { tryFreeing } = await import("../input/free-fixed-batch.js");
    const freed = await tryFreeing(graph, { input, output, batch }, runtime);
    if (freed) return freed;
    return { graph, input, notes: [`the file takes ${batch} images at a time: fewer are filled up with copies`] };
  },
});
