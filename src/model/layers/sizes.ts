/** @file Sizes of values as numbers, also where the batch is free. */

import { type Dim, dimsOf, type Graph, runInputs, type Value } from "../../onnx/graph.js";

/** Stands for the free size of a batch: no other size has this factor. */
export const freeBatch = 8191;

/** Sizes of a value as numbers: a free batch as `freeBatch`, an unknown size as NaN. */
export function sizesOf(graph: Graph, value: Value, batch = batchOf(graph)): number[] | undefined {
  return dimsOf(graph, value)?.map((dim) => {
    if (typeof dim === "number") return dim;
    if (dim !== "" && dim === batch) return freeBatch;
    const [times = "", of = ""] = dim.split("*");
    return of !== "" && of === batch ? Number(times) * freeBatch : Number.NaN;
  });
}

/** Size of the batch, a name where it is free. */
export function batchOf(graph: Graph): Dim | undefined {
  return runInputs(graph)[0]?.dims?.[0];
}

/** One of several sizes, NaN where there is none. */
export function sizeAt(sizes: readonly number[], i: number): number {
  return sizes[i] ?? Number.NaN;
}
