/** @file What a concept is, how concepts are asked for, and what there is of them. */

import type { ChosenLayer } from "../../model/layers/layer.js";
import type { GridOptions } from "../../model/layers/layout.js";
import type { Tensor } from "../../onnx/tensor.js";
import type { Runtime } from "../../runtime/session.js";
import type { ConceptEffects } from "./effects.js";

/** More are not looked for. */
export const mostConcepts = 64;

/** How concepts are found. */
export interface ConceptsOptions extends GridOptions {
  readonly runtime: Runtime;
  /** How many, 1 to 64. Default 8. */
  readonly count?: number | undefined;
  /** A layer's name or a unique part of it, -1, -2 ... for the last stages, or `auto` (default), the last feature map. */
  readonly layer?: string | number | undefined;
  /**
   * What is taken apart. `places` (default): each place of the layer, as in deep feature factorisation. `crops`: parts of the images
   * that are seen alone, a third of them wide, as in CRAFT; the network runs for each of some sixteen parts of every image.
   */
  readonly from?: "places" | "crops" | undefined;
  /** Of the starts of the search. Default 1. */
  readonly seed?: number | undefined;
  /** Stops before the next image or step. Default: nothing does. */
  readonly signal?: AbortSignal | undefined;
}

/** One of the concepts. */
export interface Concept {
  /** Its share of the sum of all that the concepts hold; together 1. */
  readonly share: number;
  /** The largest amount of it at any place of the images that it was found in. */
  readonly peak: number;
  /** The least cosine with the nearest concept of searches from other starts: 1 where all of them found it. */
  readonly stability: number;
}

/** The concepts of some images, those that hold most first. */
export interface Concepts {
  readonly layer: ChosenLayer;
  /** How many images they were found in. */
  readonly images: number;
  readonly all: readonly Concept[];
  /** float32 [K, C]: the direction of each among the layer's channels, 0 or more, of length 1. */
  readonly directions: Tensor;
  /** ‖A - UW‖ / ‖A‖: what the concepts leave over of the activations. */
  readonly error: number;
  /** Whether the search ended because it got no better. */
  readonly converged: boolean;
  /** The share of the activations' squares that is negative, and taken for 0. */
  readonly negative: number;
  /**
   * How much of each concept is at each place.
   * @param images the model's input, float32 [N, C, H, W]
   * @returns float32 [N, K, h, w], 0 or more
   * @throws FoveaError `shape-mismatch`, `bad-input` for NaN or infinite input, `closed`
   */
  of(images: Tensor): Promise<Tensor>;
  /**
   * What becomes of the score of a class when concepts are taken away.
   * @param image one, [1, C, H, W]
   * @param classIndex default: the class with the highest score
   * @param classes more classes to tell of, from the same runs. Default: none
   * @throws FoveaError as `of`, and `bad-input` for no class of the network
   */
  effects(image: Tensor, classIndex?: number, classes?: readonly number[]): Promise<ConceptEffects>;
  close(): Promise<void>;
}
