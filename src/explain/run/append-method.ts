/** @file Appends a method to a network's graph, with the activations and the gradients that it asks for. */

import type { DifferentiateOptions } from "../../autodiff/differentiate.js";
import { activationPlanes, foldToPlanes, resizePlanes } from "../../model/layers/fold.js";
import { imageLayer, type Layer } from "../../model/layers/layer.js";
import type { Model } from "../../model/model.js";
import type { Builder } from "../../onnx/builder.js";
import type { Value } from "../../onnx/graph.js";
import type { CamInputs, CamMethod, GraphMethod, ScoreToExplain } from "../method.js";
import type { AppendedMethod } from "./appended-method.js";
import { differentiated } from "./gradients.js";
import type { OnGradients } from "./lean-network.js";

export interface AppendMethodOptions<Method extends CamMethod = CamMethod> {
  readonly model: Model;
  readonly layer: Layer;
  readonly method: Method;
  /** Of random numbers. Default 1. */
  readonly randomSeed?: number | undefined;
  /** ∂y/∂v of values for which it is there already. Default none. */
  readonly gradients?: ReadonlyMap<Value, Value> | undefined;
  /** Default: nobody is told. */
  readonly onGradients?: OnGradients | undefined;
}

/** @throws FoveaError `unsupported-operator` where a gradient is wanted, and there is none */
export function appendMethod(
  op: Builder,
  target: ScoreToExplain,
  options: AppendMethodOptions<GraphMethod>,
): AppendedMethod {
  const tail = op.scope(`fovea/${options.method.name}`);
  const inputs = methodInputs(tail, target, options);
  return { method: options.method, tail, inputs, ...options.method.build(tail, inputs) };
}

/** The values that a method may ask for, appended when it does. */
export function methodInputs(
  tail: Builder,
  target: ScoreToExplain,
  { model, layer, randomSeed = 1, gradients = new Map<Value, Value>(), onGradients }: AppendMethodOptions,
): CamInputs {
  const gradientMap = (values: readonly Value[], options?: Partial<DifferentiateOptions>) => {
    if (options === undefined && values.every((value) => gradients.has(value))) return gradients;
    onGradients?.(values, options?.rules !== undefined);
    return differentiated(tail, { of: target.scores, seed: target.seed, ...options, wrt: values });
  };
  const gradientsOf: CamInputs["gradientsOf"] = (values, options) => {
    const gradientsByValue = gradientMap(values, options);
    return values.map((value) => gradientIn(gradientsByValue, value));
  };
  const gradientOf: CamInputs["gradientOf"] = (value, options) => gradientIn(gradientMap([value], options), value);
  const asPlanes = (value: Value) => foldToPlanes(tail, value, layer.layout);
  const inputs: CamInputs = {
    ...target,
    model,
    layer,
    randomSeed,
    gradientsOf,
    gradientOf,
    asPlanes,
    imagePlanes: (value) => foldToPlanes(tail, value, imageLayer(model).layout),
    atImage: (planes, from = layer, attributes = { mode: "linear" }) =>
      resizePlanes(tail, planes, from, imageLayer(model), attributes),
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
      return once("gradient", () => asPlanes(gradientOf(layer.name)));
    },
  };
  const appended = new Map<string, Value>();
  function once(name: string, append: () => Value): Value {
    const value = appended.get(name) ?? append();
    appended.set(name, value);
    return value;
  }
  return inputs;
}

function gradientIn(gradients: ReadonlyMap<Value, Value>, value: Value): Value {
  const gradient = gradients.get(value);
  if (gradient === undefined) throw new Error(`internal: no gradient of ${value}`);
  return gradient;
}
