/** @file Finer-CAM. */

import { FoveaError } from "../../foundation/error.js";
import type { Builder } from "../../onnx/builder.js";
import type { Value } from "../../onnx/graph.js";
import { float32 } from "../../onnx/tensor.js";
import type { CamInputs, GradientMethod } from "../method.js";
import { averagedSum } from "./parts/averaged-sum.js";
import { spatialMean } from "./parts/spatial-mean.js";

/** With how many similar classes a class is compared. */
const references = 3;

/**
 * Zhang et al., "Finer-CAM: Spotting the Difference Reveals Finer Details for Visual Explanation", CVPR 2025: Grad-CAM of the
 * difference between the class and similar ones, the mean of yᶜ - γyᵈ over the three classes d whose scores are nearest to yᶜ, with γ = 1.
 * pytorch-grad-cam weights the three by their probabilities.
 */
export const finerCam: GradientMethod = {
  name: "finer-cam",
  title: "Finer-CAM",
  paper: "Zhang et al., CVPR 2025",
  worksOn: "those with two classes or more",
  needsGradient: true,
  build(op, inputs) {
    const { activation, layer, model, scores, gradientOf, asPlanes } = inputs;
    if (model.classCount === 1)
      throw new FoveaError(
        "bad-graph",
        "finer-cam: expected two classes or more to tell apart, got one score: use grad-cam",
      );
    const gradient = asPlanes(gradientOf(layer.name, { of: scores, seed: differenceSeed(op, inputs) }));
    return averagedSum(op, spatialMean(op, gradient), { activation, gradient });
  },
};

/** ∂/∂y of the difference: the class's own seed, less the mean of those of similar classes. [N, classes] */
function differenceSeed(op: Builder, { scores, seed }: CamInputs): Value {
  const count = op.Shape(scores, { start: 1, end: 2 });
  const size = op.Abs(seed);
  const score = op.ReduceSum(op.Mul(scores, size), op.ints([1]), { keepdims: 1 });
  // The class itself is the nearest, also where another has the same score.
  const distance = op.Sub(op.Abs(op.Sub(scores, score)), size);
  const most = op.Min(op.ints([references + 1]), count);
  const [, nearest] = op.node("TopK", [distance, most], { axis: 1, largest: 0 }, 2) as [Value, Value];
  const similar = op.Slice(nearest, op.ints([1]), most, op.ints([1]));
  const offOn = op.constant(float32([2], [0, 1]), "off_on");
  const rows = op.OneHot(similar, op.Squeeze(count, op.ints([0])), offOn, { axis: 2 });
  const share = op.ReduceMean(rows, op.ints([1]), { keepdims: 0 });
  return op.Sub(seed, op.Mul(share, op.ReduceSum(seed, op.ints([1]), { keepdims: 1 })));
}
