/** @file The numbers of a gradient. */

import { type DifferentiateOptions, differentiate } from "../../../src/autodiff/differentiate.js";
import type { Graph, Value } from "../../../src/onnx/graph.js";
import { prune } from "../../../src/onnx/prune.js";
import { numbers, type Tensor } from "../../../src/onnx/tensor.js";
import { type Feeds, run } from "./run.js";

/** The gradient of `of` with respect to one value, at a point. */
export async function gradientOf(
  graph: Graph,
  options: Omit<DifferentiateOptions, "wrt"> & { readonly wrt: Value },
  feeds: Feeds,
): Promise<Tensor> {
  const { graph: whole, gradients } = differentiate(graph, { ...options, wrt: [options.wrt] });
  const name = gradients.get(options.wrt) as Value;
  return (await run(prune(whole, [name]), feeds))[name] as Tensor;
}

/** Elements, with -0 as 0. */
export function elements(tensor: Tensor): number[] {
  return numbers(tensor).map((value) => value + 0);
}
