/** @file Kinds of Keras layers: the variables that a layer has, and the nodes it becomes. */

import { FoveaError } from "../../../foundation/error.js";
import { at } from "../../../foundation/present.js";
import type { Builder } from "../../../onnx/builder.js";
import type { Value } from "../../../onnx/graph.js";
import { float32, floats, type Tensor } from "../../../onnx/tensor.js";
import type { Settings } from "../../json.js";
import { KerasTensor } from "../tensor.js";

/** One call of a layer. */
export interface LayerCall {
  /** Names begin with the layer's. */
  readonly op: Builder;
  readonly settings: Settings;
  /** The values it is called with. */
  readonly inputs: readonly KerasTensor[];
  /** Values and constants, in the order of the call. */
  readonly args: readonly (KerasTensor | Tensor)[];
  /** Whether Keras 2 wrote the file. */
  readonly legacy: boolean;
  /** Whether the layer has a variable of that name. */
  has(variable: string): boolean;
  /** A variable's numbers. @throws FoveaError `shape-mismatch` when `dims` are given and it has others */
  tensor(variable: string, dims?: readonly (number | undefined)[]): Tensor;
  /** A constant of the graph, made once however often the layer is called. */
  constant(name: string, make: () => Tensor): Value;
  /** All kinds of layers, for those that do as another one does. */
  readonly layers: LayerTypes;
}

export interface LayerType {
  /** Names in the order in which Keras stores them; `a|b` is called `b` in Keras 2. */
  readonly variables?: (settings: Settings) => readonly string[];
  /** @throws FoveaError for settings that there is no translation of */
  readonly emit: (call: LayerCall) => KerasTensor;
}

export type LayerTypes = Readonly<Record<string, LayerType>>;

/** The one value that the layer is called with. */
export function onlyInput({ inputs, settings }: LayerCall, rank?: number): KerasTensor {
  const [input, ...others] = inputs;
  if (input === undefined || others.length > 0) throw settings.refuse(`expected one input, got ${inputs.length}`);
  if (rank === undefined || input.rank === rank) return input;
  throw settings.refuse(`expected an input with ${rank} axes, got ${input.rank}`);
}

/** The variables whose flags are on. */
export function listVariables(...variables: readonly (string | false)[]): string[] {
  return variables.filter((name) => name !== false);
}

/** A tensor with its axes in another order: axis i of the result is axis `order[i]`. */
export function permuteAxes(tensor: Tensor, order: readonly number[]): Tensor {
  const axes = order.map((axis) => ({
    size: at(tensor.dims, axis),
    step: tensor.dims.slice(axis + 1).reduce((all, dim) => all * dim, 1),
    index: 0,
  }));
  const dims = axes.map(({ size }) => size);
  axes.reverse();
  const source = floats(tensor);
  const result = new Float32Array(source.length);
  for (let i = 0, from = 0; i < result.length; i++) {
    result[i] = source[from] as number;
    for (const axis of axes) {
      from += axis.step;
      axis.index++;
      if (axis.index < axis.size) break;
      from -= axis.index * axis.step;
      axis.index = 0;
    }
  }
  return float32(dims, result);
}

/** A constant with a number per channel (or one for all), shaped so that it broadcasts against `like`. */
export function perChannel(call: LayerCall, name: string, like: KerasTensor, make: () => Tensor): Value {
  return call.constant(`${name} of ${like.layout}`, () => {
    const tensor = make();
    return like.layout === "planes" && tensor.size > 1 ? tensor.reshape([tensor.size, 1, 1]) : tensor;
  });
}

/** A value that is computed as [N, C, H, W]. */
export function planes(value: Value, shape: KerasTensor["shape"]): KerasTensor {
  return new KerasTensor(value, shape, "planes");
}

export function unsupported(where: string, message: string): FoveaError {
  return new FoveaError("unsupported-operator", `${where}: ${message}`);
}
