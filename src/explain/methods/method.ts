/** @file What a method is: a few nodes that turn activations and gradients into a map. */

import type { DifferentiateOptions } from "../../autodiff/differentiate.js";
import type { Layer } from "../../model/layers/layer.js";
import type { Model } from "../../model/model.js";
import type { Builder } from "../../onnx/builder.js";
import type { Value } from "../../onnx/graph.js";
import type { PassMethod } from "../run/passes/pass-method.js";
import type { SampledMethod } from "../run/sampled/sampled-method.js";

/** What is explained. */
export interface ScoreToExplain {
  /** Class scores [N, classes]. */
  readonly scores: Value;
  /** ∂y/∂scores, [N, classes]: for the score of a class, one at the class. */
  readonly seed: Value;
  /** The class of each image, int64 [N]. */
  readonly classes: Value;
}

/** What a method may ask for; what it does not ask for is not computed. */
export interface CamInputs extends ScoreToExplain {
  /** y, [N]. */
  readonly score: Value;
  readonly model: Model;
  readonly layer: Layer;
  /** The network's input as planes, [N, C, H, W]. */
  readonly image: Value;
  /** Activations A of the layer, [N, C, H, W]; for a method that explains pixels the image. */
  readonly activation: Value;
  /** ∂y/∂A, of the same shape. */
  readonly gradient: Value;
  /**
   * ∂y/∂v of any values, each in its own layout; with `of` (and `seed`) of another value than the score.
   * @throws FoveaError `unsupported-operator`
   */
  readonly gradientsOf: (values: readonly Value[], options?: Partial<DifferentiateOptions>) => readonly Value[];
  /** Brings a value of the layer's layout to [N, C, H, W]. */
  readonly asPlanes: (value: Value) => Value;
  /** Brings a value of the image's layout to [N, C, H, W]. */
  readonly imagePlanes: (value: Value) => Value;
  /** Of the explainer, for methods that draw random numbers. */
  readonly randomSeed: number;
}

export interface CamOutputs {
  /** The map before its final ReLU, [N, 1, H, W]. */
  readonly evidence: Value;
  /** The channel weights α, [N, C], where the method has them. */
  readonly weights?: Value;
  /** What every element gets, [N, C, H, W], of which the evidence is a sum over channels, or their largest magnitude. */
  readonly attribution?: Value;
  /** For a method that shares out a number: the attribution's sum, and the number that it should be, [N] both. */
  readonly completeness?: { readonly attributed: Value; readonly total: Value };
}

export interface Described {
  /** As it is written on the command line. */
  readonly name: string;
  readonly title: string;
  /** Where it was published. */
  readonly paper: string;
  /** Which models it works for, where it asks for more than its need of a gradient says. */
  readonly worksOn?: string;
  /** It explains nothing, and others are measured against it. */
  readonly baseline?: boolean;
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
  readonly build: (op: Builder, inputs: Omit<CamInputs, "gradient" | "gradientsOf">) => CamOutputs;
}

/** A method that is one graph. */
export type GraphMethod = GradientMethod | ActivationMethod;

export type CamMethod = GraphMethod | SampledMethod | PassMethod;

/** Whether a method runs the network on many masked versions of the image. */
export function isPassMethod(method: CamMethod): method is PassMethod {
  return "plan" in method;
}
