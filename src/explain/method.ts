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

export interface CamMethod {
  /** As it is written on the command line. */
  readonly name: string;
  readonly title: string;
  /** Where it was published. */
  readonly paper: string;
  /** Whether the map takes the gradient, so that every operator behind the layer must have one. */
  readonly needsGradient: boolean;
  readonly build: (op: Builder, inputs: CamInputs) => CamOutputs;
}
