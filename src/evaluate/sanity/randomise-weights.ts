/** @file A model with the weights of some layers replaced by noise. */

import { FoveaError } from "../../foundation/error.js";
import { at, present } from "../../foundation/present.js";
import { random } from "../../foundation/random.js";
import type { Model } from "../../model/model.js";
import { copyGraph, type GraphNode, readsOf, type Value } from "../../onnx/graph.js";
import { ancestors, descendants } from "../../onnx/prune.js";
import { float32, floats, type Tensor } from "../../onnx/tensor.js";

/** A layer with learnt weights. */
export interface WeightLayer {
  /** Its output. */
  readonly name: Value;
  /** Weights and bias, by their names. */
  readonly weights: readonly Value[];
}

const weighted = new Set(["Conv", "ConvTranspose", "Gemm", "MatMul"]);

/**
 * Convolutions and linear layers on the way from the image to the scores, the last first. Weights that several share belong
 * to the last of them.
 * @throws FoveaError `bad-graph` where there is none with weights in floating point
 */
export function weightLayers({ graph, input, scores }: Model): WeightLayer[] {
  const [fromImage, toScores] = [descendants(graph, [input.name]), ancestors(graph, [scores])];
  const onTheWay = ({ outputs }: GraphNode) => outputs.some((output) => fromImage.has(output) && toScores.has(output));
  const visited = new Set<Value>();
  const layers = [...graph.nodes].reverse().flatMap((node): WeightLayer[] => {
    if (!weighted.has(node.op) || !onTheWay(node)) return [];
    const constants = readsOf(node).filter((value) => !fromImage.has(value));
    const weights = [...ancestors(graph, constants), ...constants].filter((value, i, all) => {
      const tensor = graph.initializers.get(value);
      return tensor?.type === "float32" && tensor.size > 1 && !visited.has(value) && all.indexOf(value) === i;
    });
    for (const value of weights) visited.add(value);
    return weights.length > 0 ? [{ name: at(node.outputs, 0), weights }] : [];
  });
  if (layers.length > 0) return layers;
  throw new FoveaError("bad-graph", "randomisation: expected layers with weights in floating point, got none");
}

/**
 * The same model, where each element of these layers' weights is drawn from a normal distribution of the mean and the deviation that the
 * learnt ones have. Each weight's numbers depend on the seed and its name only.
 */
export function withRandomWeights(model: Model, layers: readonly WeightLayer[], seed: number | string): Model {
  const graph = copyGraph(model.graph);
  for (const name of layers.flatMap(({ weights }) => weights)) {
    graph.initializers.set(
      name,
      noiseLike(present(graph.initializers.get(name), `weights ${name}`), `${seed}/${name}`),
    );
  }
  return { ...model, graph };
}

function noiseLike(tensor: Tensor, seed: string): Tensor {
  const values = floats(tensor);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  const source = random(seed).fork("weights");
  return float32(
    tensor.dims,
    values.map(() => mean + deviation * source.normal()),
  );
}
