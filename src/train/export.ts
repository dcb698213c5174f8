/** @file From a training's state to an ordinary inference network. */

import type { Graph, Tensor } from "../onnx/index.js";
import { withWeights } from "./layers.js";
import { buildNetwork, type NetworkDefinition, type NetworkShape } from "./networks.js";
import { unpacked } from "./state.js";
import type { StepGraph } from "./step-graph.js";

/** The network with trained weights and running statistics, ending in a softmax: `images` to `probabilities`. */
export function exportNetwork(
  network: NetworkDefinition,
  shape: NetworkShape,
  { parameters, statistics }: Pick<StepGraph, "parameters" | "statistics">,
  state: Readonly<Record<string, Tensor>>,
): Graph {
  const { layers, logits } = buildNetwork(network, shape, 0, false);
  const output = layers.op.layer("probabilities", "Softmax", [logits], { axis: 1 });
  layers.graph.outputs.push({ name: output, type: "float32", dims: ["N", shape.classes] });
  const weights = unpacked(state.parameters as Tensor, parameters);
  const running = state.statistics ? unpacked(state.statistics, statistics) : new Map<string, Tensor>();
  return withWeights(layers.graph, new Map([...weights, ...running]));
}
