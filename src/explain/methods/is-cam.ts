/** @file IS-CAM. */

import { float32, int64 } from "../../onnx/tensor.js";
import type { PassMethod } from "../method.js";
import { channelMask, meanOfSamples, weightedChannels } from "./parts/channels.js";

/**
 * Naidu et al., "IS-CAM: Integrated Score-CAM for axiomatic-based explanations", arXiv 2010.03023: as Score-CAM, with the mean
 * score along the straight path from the black image to the masked one, αₖᶜ = softmaxₖ(1/N Σᵢ yᶜ(X ∘ i/N Hₖ)), i = 1 ... N.
 * torch-cam adds the factors up instead, which leads beyond the mask (to 5.5 Hₖ for N = 10).
 */
export const isCam: PassMethod = {
  name: "is-cam",
  title: "IS-CAM",
  aliases: ["integrated-score-cam"],
  paper: "Naidu et al., arXiv 2010.03023, 2020",
  needsGradient: false,
  masks: "image",
  measures: "score",
  quick: { topChannels: 32 },
  samples: 10,
  plan({ channels, samples }) {
    const steps = Array.from({ length: samples }, (_, i) => (i + 1) / samples);
    return {
      count: channels.length * samples,
      rows: {
        channel: int64(channels.flatMap((channel) => Array<number>(samples).fill(channel))),
        share: float32([channels.length * samples, 1, 1, 1], Float32Array.from(channels.flatMap(() => steps))),
      },
    };
  },
  mask: (op, inputs) => op.Mul(channelMask(op, inputs), inputs.planned("share", "float32", ["b", 1, 1, 1])),
  combine: (op, inputs) => weightedChannels(op, inputs, op.Softmax(meanOfSamples(op, inputs), { axis: 1 })),
};
