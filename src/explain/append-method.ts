/** @file Appends a method to a network's graph, with the activations and the gradient that it takes. */

import { Builder, type Graph, type Value } from "../onnx/index.js";
import { activationPlanes, foldToPlanes } from "./fold.js";
import { differentiated } from "./gradients.js";
import type { Layer } from "./layers.js";
import type { CamOutputs, GraphMethod } from "./method.js";

export interface AppendedMethod extends CamOutputs {
  readonly graph: Graph;
  /** Appends to it. */
  readonly tail: Builder;
  /** [N, C, H, W]. */
  readonly activation: Value;
  /** Undefined for a method that takes none. */
  readonly gradient: Value | undefined;
}

/**
 * @param seed appends the gradient that arrives at the scores, if one is wanted
 * @throws FoveaError `unsupported-operator` where a gradient is wanted, and there is none
 */
export function appendMethod(
  op: Builder,
  layer: Layer,
  method: GraphMethod,
  scores: Value,
  seed: () => Value,
): AppendedMethod {
  const name = `fovea/${method.name}`;
  if (!method.needsGradient) {
    const tail = op.scope(name);
    const activation = activationPlanes(tail, layer);
    return { graph: op.graph, tail, activation, gradient: undefined, ...method.build(tail, { activation }) };
  }
  const { graph, gradients } = differentiated(op.graph, { of: scores, wrt: [layer.name], seed: seed() });
  const tail = new Builder(graph, name);
  const activation = activationPlanes(tail, layer);
  const gradient = foldToPlanes(tail, gradients.get(layer.name) as Value, layer.layout);
  return { graph, tail, activation, gradient, ...method.build(tail, { activation, gradient }) };
}
