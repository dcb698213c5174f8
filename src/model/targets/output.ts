/** @file Outputs of a model, of which targets are made. */

import { unknownName } from "../../foundation/error.js";
import { type Dim, dimsOf, type Graph, type Value } from "../../onnx/graph.js";
import { prune } from "../../onnx/prune.js";
import type { Tensor } from "../../onnx/tensor.js";
import type { Runtime } from "../../runtime/session.js";
import type { Model } from "../model.js";
import { filledUp, rowsOf } from "../run/batches.js";
import { checkImages } from "../run/classifier.js";

export interface OutputChoice {
  /** Name of an output, or of any value. Default: the model's scores. */
  readonly output?: Value | undefined;
}

/**
 * An output for some images, to compare others with.
 * @param images the model's input, float32 [N, C, H, W]
 * @returns the output's values, float32 [N, ...]
 * @throws FoveaError `unknown-name`, `shape-mismatch`
 */
export async function outputOf(
  model: Model,
  images: Tensor,
  runtime: Runtime,
  { output }: OutputChoice = {},
): Promise<Tensor> {
  checkImages(model, images);
  const { name } = findOutput(model.graph, model, output);
  const session = await runtime.open(prune(model.graph, [name]));
  try {
    const { [name]: result } = await session.run({ [model.input.name]: filledUp(model, images) });
    if (result === undefined) throw new Error(`internal: a run gave no ${name}`);
    return rowsOf(result, 0, images.dims[0] ?? 0);
  } finally {
    await session.close();
  }
}

/**
 * The name and sizes of an output, or of any value of a graph.
 * @param graph holds the model's values
 * @throws FoveaError `unknown-name`, with the nearest outputs
 */
export function findOutput(
  graph: Graph,
  { scores, graph: { outputs } }: Model,
  output: Value | undefined,
): { readonly name: Value; readonly dims: readonly Dim[] } {
  const name = output ?? scores;
  const dims = dimsOf(graph, name);
  if (dims !== undefined) return { name, dims };
  const names = outputs.map((each) => each.name);
  throw unknownName("output", name, names);
}
