/** @file What a comparison of families costs, and whether that is little. */

import { imageAxes } from "../../model/input/image-axes.js";
import type { Model } from "../../model/model.js";
import { multiplyAdds } from "../../model/multiply-adds.js";
import type { Tensor } from "../../onnx/tensor.js";
import { type Size, sizeOfImages } from "../trial/trial.js";
import { commonGrid, inferencesOf } from "./family-methods.js";

/** Two cores take about half a second for as many, and much less for the networks of a page that need hardly any. */
const fewMultiplyAdds = 1e10;

/** The common grid of an input. */
export function gridOf(model: Model, input: Tensor): Size {
  return commonGrid(sizeOfImages(input, imageAxes(model)?.layout === "nhwc"));
}

/** About how many inferences the comparison takes for one image of an input. */
export function inferencesToCompare(model: Model, input: Tensor, classes: number): number {
  return inferencesOf(gridOf(model, input), classes);
}

/**
 * Whether a comparison may be made without being asked for: about ten thousand million multiplications, which is one class of a network
 * that takes 135 million for an image. Counted, so that the answer is the same on every machine; false where they cannot be.
 */
export function isCheapToCompare(model: Model, input: Tensor, classes: number): boolean {
  const each = multiplyAdds(model.graph);
  return each !== undefined && each * inferencesToCompare(model, input, classes) <= fewMultiplyAdds;
}
