/** @file What runs a method's graphs. */

import type { Graph, Value } from "../../onnx/graph.js";
import type { Tensor } from "../../onnx/tensor.js";

export type Results = Record<Value, Tensor>;

/** How a run is watched. */
export interface RunOptions {
  /** For methods of many runs: is told after each how many are done, and how many all images of the call take. */
  readonly progress?: ((done: number, total: number) => void) | undefined;
  /** Breaks off between two runs; what it was aborted with is thrown. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * What is run: the whole for one class, front once and tail per class for several. Methods of many runs make no map in the whole;
 * their tail is one of these runs, and a further graph makes the map.
 */
export interface ExplanationGraphs {
  /** Image and class to scores and map. */
  readonly whole: Graph;
  /** Image to `cut`. */
  readonly front: Graph;
  /** The layer, and what passes around it. */
  readonly cut: readonly Value[];
  /** `cut` and class to scores and map. */
  readonly tail: Graph;
}

/** Runs what makes maps of images and classes. */
export interface Runner {
  readonly graphs: ExplanationGraphs;
  /**
   * @param images the model's input, float32 [N, C, H, W]
   * @param classes K rows of N classes, -1 for the predicted one
   * @returns K results, each with a row for every image
   */
  run(images: Tensor, classes: readonly (readonly number[])[], options: RunOptions): Promise<Results[]>;
  close(): Promise<void>;
}
