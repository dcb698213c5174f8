/** @file What a method is: a few nodes that turn activations and gradients into a map. */

import type { Builder, Value } from "../onnx/index.js";

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

interface Described {
  /** As it is written on the command line. */
  readonly name: string;
  readonly title: string;
  /** Where it was published. */
  readonly paper: string;
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

export type CamMethod = GradientMethod | ActivationMethod;
