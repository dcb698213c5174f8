/** @file The activation of a layer and the gradients of class scores there, as this package computes them. */

import { differentiate } from "../../src/autodiff/index.js";
import { copyGraph, float32, type Graph, prune, type Tensor, type Value } from "../../src/onnx/index.js";
import { run } from "./run.js";

export interface LayerGradients {
  readonly activation: Tensor;
  readonly gradient: Tensor;
}

/** @param classes the class for each image */
export async function layerGradients(
  graph: Graph,
  layer: Value,
  input: Tensor,
  classes: readonly number[],
): Promise<LayerGradients> {
  const [given, scores] = [graph.inputs[0]?.name as Value, graph.outputs[0]?.name as Value];
  const seeded = copyGraph(graph);
  seeded.inputs = [...graph.inputs, { name: "seed", type: "float32" }];
  const { graph: whole, gradients } = differentiate(seeded, { of: scores, wrt: [layer], seed: "seed" });
  const gradient = gradients.get(layer) as Value;
  const count = await classCount(graph, given, scores, input);
  const seed = new Float32Array(classes.length * count);
  classes.forEach((index, image) => {
    seed[image * count + index] = 1;
  });
  const feeds = { [given]: input, seed: float32([classes.length, count], seed) };
  const results = await run(prune(whole, [layer, gradient]), feeds);
  return { activation: results[layer] as Tensor, gradient: results[gradient] as Tensor };
}

async function classCount(graph: Graph, given: Value, scores: Value, input: Tensor): Promise<number> {
  const results = await run(prune(graph, [scores]), { [given]: input });
  return results[scores]?.dims.at(-1) as number;
}
