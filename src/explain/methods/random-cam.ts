/** @file Random CAM, the baseline. */

import { random } from "../../foundation/random.js";
import { channelsOf } from "../../model/layers/layer.js";
import { float32, type Tensor } from "../../onnx/tensor.js";
import type { ActivationMethod } from "../method.js";
import { weightedSum } from "./parts/weighted-sum.js";

/**
 * Σₖ αₖ Aₖ with weights drawn uniformly from [-1, 1], the same for all images and classes of a seed: the bar for any
 * method. As in pytorch-grad-cam, which draws anew for each image.
 */
export const randomCam: ActivationMethod = {
  name: "random-cam",
  title: "Random CAM",
  aliases: ["random"],
  paper: "none: a baseline",
  worksOn: "all; the layer's number of channels must be known",
  baseline: true,
  classBlind: true,
  needsGradient: false,
  build(op, { activation, layer, randomSeed }) {
    const drawn = op.constant(randomCamWeights(randomSeed, channelsOf(layer)), "drawn");
    const shape = op.Shape(activation, { start: 0, end: 2 });
    return weightedSum(op, op.Expand(drawn, shape), activation);
  },
};

/** [1, C]. */
export function randomCamWeights(seed: number, channels: number): Tensor {
  const source = random(seed).fork("random-cam");
  return float32(
    [1, channels],
    Float32Array.from({ length: channels }, () => 2 * source.uniform() - 1),
  );
}
