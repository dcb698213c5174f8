/** @file The names of beginnings of ways to an image, for methods that follow one. */

import type { Tensor } from "../../onnx/tensor.js";

export const baselineNames = ["zero", "black", "white", "blur", "several"] as const;

/**
 * - `zero`: zeros in the network's input, which are the mean colour where the preprocessing subtracts one, and black elsewhere;
 * - `black`, `white`: the input that a picture of that colour gives;
 * - `blur`: each image itself, blurred until nothing can be recognised (a Gaussian of 5 pixels, in proportion more above 224 pixels);
 * - `several`: the mean over the ways from black, white and blur, each as long as one.
 */
export type BaselineName = (typeof baselineNames)[number];

/** Where ways begin: by name, or inputs, float32 [B, C, H, W] or as the network takes them, one for each way. */
export type Baseline = BaselineName | Tensor;
