/** @file What a method is: a few nodes that turn activations and gradients into a map. */

import type { Builder, Value } from "../onnx/index.js";
import type { PassMethod } from "./passes/pass-method.js";

export interface CamInputs {
  /** Activations A of the layer, [N, C, H, W]. */
  readonly activation: Value;
  /** ∂y/∂A, of the same shape. */
  readonly gradient: Value;
}

export interface CamOutputs {
  /** The map before its final ReLU, [N, 1, H, W]. */
  readonly evidence: Value;
  /** The channel weights α, [N, C], where the method has them. */
  readonly weights?: Value;
}

export interface Described {
  /** As it is written on the command line. */
  readonly name: string;
  readonly title: string;
  /** Where it was published. */
  readonly paper: string;
  /** What it looks at: a layer's activations (default), or the image itself. */
  readonly at?: "layer" | "image";
}

/** Every operator behind the layer must have a gradient. */
export interface GradientMethod extends Described {
  readonly needsGradient: true;
  readonly build: (op: Builder, inputs: CamInputs) => CamOutputs;
}

/** Works for every model, quantised ones included. */
export interface ActivationMethod extends Described {
  readonly needsGradient: false;
  readonly build: (op: Builder, inputs: Pick<CamInputs, "activation">) => CamOutputs;
}

/** A method that is one graph. */
export type GraphMethod = GradientMethod | ActivationMethod;

export type CamMethod = GraphMethod | PassMethod;

/** Whether a method runs the network many times. */
export function isPassMethod(method: CamMethod): method is PassMethod {
  return "plan" in method;
}
