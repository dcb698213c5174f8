/** @file SSGrad-CAM and SSGrad-CAM++: Grad-CAM that remembers where the box is. */

import type { Builder } from "../../onnx/builder.js";
import type { Value } from "../../onnx/graph.js";
import type { CamInputs, GradientMethod } from "../method.js";
import { plusPlusWeights } from "../methods/parts/plus-plus-weights.js";
import { spatialMean } from "../methods/parts/spatial-mean.js";
import { overPlaces, sumOf } from "../methods/parts/weighted-sum.js";

/**
 * Of boxes: Yamauchi and Ishikawa, "Spatial Sensitive Grad-CAM: Visual Explanations for Object Detection by Incorporating Spatial
 * Sensitivity", ICIP 2022: Σₖ αₖ Sₖ ⊙ Aₖ with Grad-CAM's weights αₖ = 1/Z Σᵢⱼ gₖᵢⱼ and the space maps Sₖ = |gₖ| / maxᵢⱼ |gₖᵢⱼ|, which are 0
 * where the box's score does not depend on a place; g = ∂y/∂A. A channel without a gradient has Sₖ = 0.
 */
export const ssGradCam: GradientMethod = {
  name: "ssgrad-cam",
  title: "SSGrad-CAM",
  aliases: ["spatial-sensitive-grad-cam"],
  paper: "Yamauchi and Ishikawa, ICIP 2022",
  needsGradient: true,
  build: (op, inputs) => spacedSum(op, spatialMean(op, inputs.gradient), inputs),
};

/**
 * Of boxes: Yamauchi, "Spatial Sensitive Grad-CAM++: Improved Visual Explanation for Object Detectors via Weighted Combination of Gradient
 * Map", CVPRW 2024: SSGrad-CAM with the weights of Grad-CAM++ (see `gradCamPlusPlus`). Whether the paper takes the sum of activations in αₖᵢⱼ
 * over the box alone could not be read in its text; here it is over the whole map, as in Grad-CAM++.
 */
export const ssGradCamPlusPlus: GradientMethod = {
  name: "ssgrad-cam++",
  title: "SSGrad-CAM++",
  aliases: ["ssgrad-cam-pp", "spatial-sensitive-grad-cam++"],
  paper: "Yamauchi, CVPRW 2024",
  needsGradient: true,
  build(op, inputs) {
    const { activation, gradient } = inputs;
    const square = op.Mul(gradient, gradient);
    const powers = { first: gradient, second: square, third: op.Mul(gradient, square) };
    return spacedSum(op, plusPlusWeights(op, { sum: overPlaces(op, activation), ...powers }), inputs);
  },
};

/** @param weights [N, C] */
function spacedSum(op: Builder, weights: Value, { activation, gradient }: Pick<CamInputs, "activation" | "gradient">) {
  const size = op.Abs(gradient);
  const largest = op.ReduceMax(size, op.ints([2, 3]), { keepdims: 1 });
  const isSilent = op.Equal(largest, op.scalar(0));
  const space = op.Div(size, op.Where(isSilent, op.scalar(1), largest));
  return sumOf(op, op.Mul(op.Mul(op.Unsqueeze(weights, op.ints([2, 3])), space), activation));
}
