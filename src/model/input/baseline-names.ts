/** @file The names of inputs that stand for nothing: where ways to an image begin, and what hides parts of one. */

import type { Tensor } from "../../onnx/tensor.js";

const pictures = ["zero", "black", "white", "blur"] as const;
/** Where ways to the image may begin. */
export const wayStarts = [...pictures, "several"] as const;
/** What may stand where superpixels are hidden. */
export const hidingNames = [...pictures, "mean"] as const;
/** Where a single way begins. */
export type WayStart = Exclude<(typeof wayStarts)[number], "several">;
export const baselineNames = [...wayStarts, "mean"] as const;

/**
 * - `zero`: zeros in the network's input, which are the mean colour where the preprocessing subtracts one, and black elsewhere;
 * - `black`, `white`: the input that a picture of that colour gives;
 * - `blur`: each image itself, blurred until nothing can be recognised (a Gaussian of 5 pixels, in proportion more above 224 pixels);
 * - `several`: the mean over the ways from black, white and blur, each as long as one;
 * - `mean`: of each superpixel the mean of its values.
 */
export type BaselineName = (typeof baselineNames)[number];

/** By name, or inputs, float32 [B, C, H, W] or as the network takes them: one for each way, and a single one to hide by. */
export type Baseline = BaselineName | Tensor;
