/** @file Appends a method to a network's graph, with the activations and the gradients that it asks for. */

import { activationPlanes, foldToPlanes } from "../../model/layers/fold.js";
import { imageLayer, type Layer } from "../../model/layers/layers.js";
import type { Model } from "../../model/model.js";
import type { Builder } from "../../onnx/builder.js";
import type { Value } from "../../onnx/graph.js";
import type { CamInputs, CamMethod, CamOutputs, GraphMethod, ScoreToExplain } from "../method.js";
import { differentiated } from "./gradients.js";

export interface AppendedMethod extends CamOutputs {
  /** Appends to the same graph. */
  readonly tail: Builder;
  readonly inputs: CamInputs;
}

export interface AppendMethodOptions<Method extends CamMethod = CamMethod> {
  readonly model: Model;
  readonly layer: Layer;
  readonly method: Method;
  /** Of random numbers. Default 1. */
  readonly randomSeed?: number | undefined;
  /** ∂y/∂v of values for which it is there already. Default none. */
  readonly gradients?: ReadonlyMap<Value, Value> | undefined;
}

/** @throws FoveaError `unsupported-operator` where a gradient is wanted, and there is none */
export function appendMethod(
  op: Builder,
  target: ScoreToExplain,
  options: AppendMethodOptions<GraphMethod>,
): AppendedMethod {
  const tail = op.scope(`fovea/${options.method.name}`);
  const inputs = methodInputs(tail, target, options);
  return { tail, inputs, ...options.method.build(tail, inputs) };
}

/** What a method may ask for, appended when it does. */
export function methodInputs(
  tail: Builder,
  target: ScoreToExplain,
  { model, layer, randomSeed = 1, gradients = new Map() }: AppendMethodOptions,
): CamInputs {
  const gradientsOf: CamInputs["gradientsOf"] = (values, options) => {
    const known = options === undefined ? values.flatMap((value) => gradients.get(value) ?? []) : [];
    if (known.length === values.length) return known;
    const found = differentiated(tail, { of: target.scores, seed: target.seed, ...options, wrt: values });
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
    get score() {
      return once("score", () => tail.ReduceSum(tail.Mul(target.scores, target.seed), tail.ints([1]), { keepdims: 0 }));
    },
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
  return inputs;
}
