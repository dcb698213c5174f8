/** @file What a method of many forward passes is: masks, and what the scores under them make of a map. */

import type { Builder } from "../../../onnx/builder.js";
import type { Dim, Value, ValueInfo } from "../../../onnx/graph.js";
import type { Tensor } from "../../../onnx/tensor.js";
import type { CamOutputs, Described } from "../../methods/method.js";

/**
 * Runs the network on the image many times, each time with something masked, and makes the map of the scores. It needs no
 * gradient and works for every model, quantised ones included; it costs as many inferences as there are passes, or as
 * many runs of what lies behind the layer.
 */
export interface PassMethod extends Described {
  readonly needsGradient: false;
  /** What is multiplied by the masks: the image, or the layer's channels; for these only what lies behind the layer is run. */
  readonly masks: "image" | "channels";
  /** What of the class is measured: its score before softmax, or its probability; of what is no class always the score. */
  readonly measures: "score" | "probability";
  /** How many samples or steps there are if the user does not say; undefined where the method has none. */
  readonly samples?: number;
  /** The evidence is a sum over passes: that of each batch is added to that of the batches before. Default false. */
  readonly additive?: boolean;
  /** Says which passes an image takes. */
  readonly plan: (subject: PassSubject) => PassPlan;
  /**
   * Appends the masks of a batch of b passes: [b, 1, H, W] for the image, [b, C, 1, 1] for channels. What is multiplied by
   * zero is gone: an image's pixel becomes the zero of the network's input, which is the mean colour where the
   * preprocessing subtracts one and black elsewhere.
   */
  readonly mask: (op: Builder, inputs: MaskInputs) => Value;
  /** Appends evidence [K, 1, h, w] and weights [K, C] of K classes. */
  readonly combine: (op: Builder, inputs: CombineInputs) => CamOutputs;
}

/** One image, as far as it decides about passes. */
export interface PassSubject {
  /** The layer's channels that are looked at, in the order of their activation; none for a method that looks at the image. */
  readonly channels: readonly number[];
  /** Rows and columns of what is masked. */
  readonly height: number;
  readonly width: number;
  /** As the user or else the method says; 1 where it has none. */
  readonly samples: number;
  /** Of random numbers; each image gets the same ones. */
  readonly seed: number;
}

/** What masks are made from; names are those that `mask` and `combine` ask for. */
export interface PassPlan {
  /** How many passes. */
  readonly count: number;
  /** A row for each pass, [count, ...]. */
  readonly rows: Readonly<Record<string, Tensor>>;
  /** The same for all passes. */
  readonly shared?: Readonly<Record<string, Tensor>>;
}

export interface MaskInputs {
  /** Activations A of the layer, [1, C, h, w]; for a method that looks at the image the image. */
  readonly activation: Value;
  /** Rows and columns of what is masked, int64 [2]. */
  readonly size: Value;
  /** What the plan has under that name; of rows those of the batch. */
  readonly planned: (name: string, type: ValueInfo["type"], dims: readonly Dim[]) => Value;
}

export interface CombineInputs extends MaskInputs {
  /** What was measured, [K, passes]; for an additive method of one batch. */
  readonly values: Value;
  /** The same of the image as it is, [K, 1]. */
  readonly base: Value;
  /** The channels that are looked at, int64 [c]. */
  readonly channels: Value;
  readonly samples: number;
}
