/** @file What runs a method's graphs. */

import type { Value } from "../../onnx/graph.js";
import type { Tensor } from "../../onnx/tensor.js";
import type { ExplanationGraphs, RunOptions } from "../options.js";

export type Results = Record<Value, Tensor>;

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
