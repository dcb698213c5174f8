/** @file Score-CAM. */

import type { Builder } from "../../onnx/builder.js";
import type { Value } from "../../onnx/graph.js";
import { int64 } from "../../onnx/tensor.js";
import type { CombineInputs, PassMethod } from "../method.js";
import { channelMask, upsampling, weightedChannels } from "./parts/channels.js";

export interface ScoreCamOptions {
  /** Put the corners' centres on one another when channels are brought to the image's size, as pytorch-grad-cam does. Default false. */
  readonly alignCorners?: boolean;
  /**
   * A channel's weight: the softmax over channels of the scores (the paper's algorithm 1), or the class's probability itself, and
   * none for a channel that is the same everywhere (the authors' code). Default `softmax`.
   */
  readonly weights?: "softmax" | "probability";
}

/** Score-CAM with another upsampling or other weights. */
export function scoreCamWith({ alignCorners = false, weights = "softmax" }: ScoreCamOptions = {}): PassMethod {
  const resize = alignCorners ? { ...upsampling, coordinate_transformation_mode: "align_corners" } : upsampling;
  return {
    name: "score-cam",
    title: "Score-CAM",
    paper: "Wang et al., CVPR Workshops 2020",
    needsGradient: false,
    helpsAgainst: ["saturated", "blocked"],
    masks: "image",
    measures: weights === "softmax" ? "score" : "probability",
    quick: { topChannels: 32 },
    plan: ({ channels }) => ({ count: channels.length, rows: { channel: int64(channels) } }),
    mask: (op, inputs) => channelMask(op, inputs, resize),
    combine: (op, inputs) =>
      weightedChannels(
        op,
        inputs,
        weights === "softmax" ? op.Softmax(inputs.values, { axis: 1 }) : ofVaryingChannels(op, inputs),
      ),
  };
}

/** The measured values, and 0 for channels that are the same everywhere: [K, c]. */
function ofVaryingChannels(op: Builder, { values, activation, channels }: CombineInputs): Value {
  const extreme = (which: "ReduceMin" | "ReduceMax") => op[which](activation, op.ints([2, 3]), { keepdims: 0 });
  const varies = op.Greater(extreme("ReduceMax"), extreme("ReduceMin"));
  return op.Where(op.Gather(varies, channels, { axis: 1 }), values, op.scalar(0));
}

const authors: PassMethod = {
  ...scoreCamWith({ weights: "probability" }),
  name: "score-cam-authors",
  title: "Score-CAM, as its authors' code",
};

const aligned: PassMethod = {
  ...scoreCamWith({ alignCorners: true }),
  name: "score-cam-aligned",
  title: "Score-CAM, corners aligned",
};

/**
 * Wang et al., "Score-CAM: Score-Weighted Visual Explanations for Convolutional Neural Networks", CVPR Workshops 2020, algorithm
 * 1: each channel, upsampled and scaled to [0, 1], masks the image (eq. 4 and 8); αₖᶜ is the softmax over channels of
 * yᶜ(masked) - yᶜ(baseline), of which the baseline falls out; Lᶜ = ReLU(Σₖ αₖᶜ Aₖ). Channels are upsampled bilinearly with half-pixel
 * centres, as in the authors' code, which takes the class's probability itself for αₖᶜ and leaves out channels that are the same
 * everywhere (the variant `score-cam-authors`; it also adds up the upsampled channels, which is the same as upsampling the sum).
 * pytorch-grad-cam follows the algorithm, but aligns corners when it upsamples (`score-cam-aligned`); torch-cam scales each
 * channel to [0, 1] before it upsamples it.
 */
export const scoreCam: PassMethod = {
  ...scoreCamWith(),
  variants: [
    {
      method: authors,
      says: "the authors' code: αₖᶜ is the class's probability under the mask, not the softmax of scores over channels; channels that are the same everywhere are left out",
    },
    {
      method: aligned,
      says: "pytorch-grad-cam's: channels are upsampled with the corners' centres on one another, not with half-pixel centres",
    },
  ],
};
