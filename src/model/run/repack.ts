/** @file Decides whether a session for single images keeps its weights in the runtime's own order besides the file's. */

import { dimsOf, type Graph, runInputs, type Value } from "../../onnx/graph.js";

/** Bytes of linear layers from which on a second copy is worth thinking about: two no longer lie in the fast memory of a core together. */
const largeWeights = 2 ** 19;

/**
 * Reordered weights pay where each is used for many rows. A single image gives a linear layer behind the last pool one row:
 * there the copies only cost memory (measured on VGG-16's shapes: twice the file, and 10% slower), for eight images they
 * save a third of the time. So they are left out for one image through a network that is mostly such layers.
 */
export function worthRepackingForOne(graph: Graph): boolean {
  const batches = new Set(runInputs(graph).map(({ dims }) => dims?.[0]));
  const isRow = (value: Value) => {
    const dims = dimsOf(graph, value);
    return dims?.length === 2 && (dims[0] === 1 || (dims[0] !== "" && batches.has(dims[0])));
  };
  let [rows, all] = [0, 0];
  const weights = new Set<Value>();
  for (const { op, inputs } of graph.nodes) {
    for (const name of inputs) {
      const weight = graph.initializers.get(name);
      if (weight === undefined || weights.has(name)) continue;
      weights.add(name);
      all += weight.byteLength;
      if ((op === "Gemm" || op === "MatMul") && name === inputs[1] && isRow(inputs[0] as Value))
        rows += weight.byteLength;
    }
  }
  return rows < largeWeights || rows < all / 2;
}
