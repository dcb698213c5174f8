/** @file The interface of all that runs a method's graphs. */

import type { Tensor } from "../../onnx/tensor.js";
import type { ExplanationGraphs, RunOptions } from "../options.js";
import type { ClassResult } from "./map-tensors.js";

/** Runs the graphs that make maps of images and classes. */
export interface Runner {
  readonly graphs: ExplanationGraphs;
  /**
   * @param images the model's input, float32 [N, C, H, W]
   * @param classes K rows of N classes, -1 for the predicted one
   * @returns K results, each with a row for every image
   */
  run(images: Tensor, classes: readonly (readonly number[])[], options: RunOptions): Promise<ClassResult[]>;
  close(): Promise<void>;
}
