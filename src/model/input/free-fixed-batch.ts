/** @file Graphs for a fixed number of images, rewritten for any number where that gives the same results. */

import { FoveaError } from "../../foundation/error.js";
import { dimsOf, type Graph, runInputs, type Value, type ValueInfo } from "../../onnx/graph.js";
import { prune } from "../../onnx/prune.js";
import { freeBatch } from "../../onnx/rewrite/free-batch.js";
import { numbers, type Tensor } from "../../onnx/tensor.js";
import { inferTypes } from "../../runtime/infer-types.js";
import type { Runtime } from "../../runtime/session.js";
import { rowsOf } from "../run/batches.js";
import { probeImages } from "../run/probe-images.js";
import { tensorNamed } from "../run/tensors.js";

export interface FixedBatch {
  readonly input: ValueInfo;
  readonly output: Value;
  readonly batch: number;
}

/** How far the results of the rewritten graph may be from the file's, relative to the largest. */
const tolerance = 1e-3;

/** The graph for any number of images; undefined where it does not give the same as the file. */
export async function tryFreeing(
  graph: Graph,
  { input, output, batch }: FixedBatch,
  runtime: Runtime,
): Promise<{ graph: Graph; input: ValueInfo } | undefined> {
  try {
    const freed = await inferTypes(freeBatch(graph, input.name, batch), runtime);
    const freedInput = runInputs(freed).find(({ name }) => name === input.name);
    if (freedInput === undefined || typeof dimsOf(freed, output)?.[0] !== "string") return undefined;
    const images = probeImages(input.dims ?? [], batch, "normal");
    const [all] = await resultsOf(graph, { input, output }, [images], runtime);
    const counts = [1, Math.min(3, batch - 1)];
    const parts = counts.map((count) => rowsOf(images, batch - count, count));
    const results = await resultsOf(freed, { input, output }, parts, runtime);
    const agree =
      all && results.every((part, i) => areNear(part, rowsOf(all, batch - (counts[i] ?? 1), counts[i] ?? 1)));
    return agree ? { graph: freed, input: freedInput } : undefined;
  } catch (error) {
    if (error instanceof FoveaError) return undefined;
    throw error;
  }
}

async function resultsOf(
  graph: Graph,
  { input, output }: Pick<FixedBatch, "input" | "output">,
  images: readonly Tensor[],
  runtime: Runtime,
): Promise<Tensor[]> {
  const session = await runtime.open(prune(graph, [output]));
  try {
    const results: Tensor[] = [];
    for (const each of images) results.push(tensorNamed(await session.run({ [input.name]: each }), output));
    return results;
  } finally {
    await session.close();
  }
}

function areNear(actual: Tensor, expected: Tensor): boolean {
  const [a, b] = [numbers(actual), numbers(expected)];
  const largest = Math.max(...b.map(Math.abs));
  return a.length === b.length && b.every((value, i) => Math.abs(value - (a[i] ?? Number.NaN)) <= tolerance * largest);
}
