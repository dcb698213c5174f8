/** @file The activation of a layer and the gradients of class scores there, as this package computes them. */

import { differentiate } from "../../../src/autodiff/differentiate.js";
import { appendSeed } from "../../../src/explain/run/append-target.js";
import { Builder } from "../../../src/onnx/builder.js";
import { copyGraph, type Graph, type Value } from "../../../src/onnx/graph.js";
import { prune } from "../../../src/onnx/prune.js";
import { int64, type Tensor } from "../../../src/onnx/tensor.js";
import type { SessionOptions } from "../../../src/runtime/session.js";
import { runtime } from "../runtime.js";

export interface LayerGradients {
  readonly activation: Tensor;
  readonly gradient: Tensor;
}

/**
 * At any value of the graph, the input too, in the value's own layout.
 * @param classes the class for each image
 * @param options of the session; default node by node, as the graph stands
 */
export async function layerGradients(
  graph: Graph,
  layer: Value,
  input: Tensor,
  classes: readonly number[],
  options: SessionOptions = { optimize: false, threads: 1 },
): Promise<LayerGradients> {
  const [given, scores] = [graph.inputs[0]?.name as Value, graph.outputs[0]?.name as Value];
  const op = new Builder(copyGraph(graph));
  const seed = appendSeed(op, scores, op.input("classes", "int64", ["N"]), false);
  const { graph: whole, gradients } = differentiate(op.graph, { of: scores, wrt: [layer], seed });
  const gradient = gradients.get(layer) as Value;
  const session = await runtime.open(prune(whole, layer === given ? [gradient] : [layer, gradient]), options);
  try {
    const results = await session.run({ [given]: input, classes: int64(classes) });
    return { activation: results[layer] ?? input, gradient: results[gradient] as Tensor };
  } finally {
    await session.close();
  }
}
