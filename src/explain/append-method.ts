/** @file Appends a method to a network's graph, with the activations and the gradients that it asks for. */

import type { Builder, Value } from "../onnx/index.js";
import { activationPlanes, foldToPlanes } from "./fold.js";
import { differentiated } from "./gradients.js";
import { imageLayer, type Layer } from "./layers.js";
import type { CamInputs, CamOutputs, GraphMethod, ScoreToExplain } from "./method.js";
import type { Model } from "./model.js";

export interface AppendedMethod extends CamOutputs {
  /** Appends to the same graph. */
  readonly tail: Builder;
  readonly inputs: CamInputs;
}

export interface AppendMethodOptions {
  readonly model: Model;
  readonly layer: Layer;
  readonly method: GraphMethod;
  /** Of random numbers. Default 1. */
  readonly randomSeed?: number | undefined;
}

/** @throws FoveaError `unsupported-operator` where a gradient is wanted, and there is none */
export function appendMethod(
  op: Builder,
  target: ScoreToExplain,
  { model, layer, method, randomSeed = 1 }: AppendMethodOptions,
): AppendedMethod {
  const tail = op.scope(`fovea/${method.name}`);
  const gradientsOf: CamInputs["gradientsOf"] = (values, options) => {
    const found = differentiated(op, { of: target.scores, seed: target.seed, ...options, wrt: values });
    return values.map((value) => found.get(value) as Value);
  };
  const asPlanes = (value: Value) => foldToPlanes(tail, value, layer.layout);
  const inputs: CamInputs = {
    ...target,
    model,
    layer,
    randomSeed,
    gradientsOf,
    asPlanes,
    imagePlanes: (value) => foldToPlanes(tail, value, imageLayer(model).layout),
    get image() {
      return once("image", () => activationPlanes(tail, imageLayer(model)));
    },
    get activation() {
      return once("activation", () => activationPlanes(tail, layer));
    },
    get gradient() {
      return once("gradient", () => asPlanes(gradientsOf([layer.name])[0] as Value));
    },
  };
  const known = new Map<string, Value>();
  function once(name: string, append: () => Value): Value {
    const value = known.get(name) ?? append();
    known.set(name, value);
    return value;
  }
  return { tail, inputs, ...method.build(tail, inputs) };
}
