/** @file Score-CAM. */

import { int64 } from "../../onnx/tensor.js";
import type { PassMethod } from "../method.js";
import { channelMask, upsampling, weightedChannels } from "./parts/channels.js";

export interface ScoreCamOptions {
  /** Put the corners' centres on one another when channels are brought to the image's size, as pytorch-grad-cam does. Default false. */
  readonly alignCorners?: boolean;
}

/** Score-CAM with another upsampling. */
export function scoreCamWith({ alignCorners = false }: ScoreCamOptions = {}): PassMethod {
  const resize = alignCorners ? { ...upsampling, coordinate_transformation_mode: "align_corners" } : upsampling;
  return {
    name: "score-cam",
    title: "Score-CAM",
    paper: "Wang et al., CVPR Workshops 2020",
    needsGradient: false,
    helpsAgainst: ["saturated", "blocked"],
    masks: "image",
    measures: "score",
    quick: { topChannels: 32 },
    plan: ({ channels }) => ({ count: channels.length, rows: { channel: int64(channels) } }),
    mask: (op, inputs) => channelMask(op, inputs, resize),
    combine: (op, inputs) => weightedChannels(op, inputs, op.Softmax(inputs.values, { axis: 1 })),
  };
}

/**
 * Wang et al., "Score-CAM: Score-Weighted Visual Explanations for Convolutional Neural Networks", CVPR Workshops 2020, algorithm
 * 1: each channel, upsampled and scaled to [0, 1], masks the image (eq. 4 and 8); αₖᶜ is the softmax over channels of
 * yᶜ(masked) - yᶜ(baseline), of which the baseline falls out; Lᶜ = ReLU(Σₖ αₖᶜ Aₖ). The authors' code instead takes the class
 * probability itself for αₖᶜ and leaves out channels that are the same everywhere; pytorch-grad-cam follows the algorithm,
 * but aligns corners when it upsamples.
 */
export const scoreCam: PassMethod = scoreCamWith();
