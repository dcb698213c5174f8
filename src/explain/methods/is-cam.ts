/** @file IS-CAM. */

import { float32, int64 } from "../../onnx/tensor.js";
import type { Naming, PassMethod } from "../method.js";
import { channelMask, meanOfSamples, weightedChannels } from "./parts/channels.js";

/** @param shares of the mask, for a number of steps */
function isCamWith(naming: Naming, shares: (steps: number) => readonly number[]): PassMethod {
  return {
    ...naming,
    paper: "Naidu et al., arXiv 2010.03023, 2020",
    needsGradient: false,
    masks: "image",
    measures: "score",
    quick: { topChannels: 32 },
    samples: 10,
    plan({ channels, sizes, samples }) {
      const steps = shares(samples);
      return {
        count: channels.length * samples,
        rows: {
          channel: int64(channels.flatMap((channel) => Array<number>(samples).fill(channel))),
          share: float32(
            [channels.length * samples, 1, ...sizes.map(() => 1)],
            Float32Array.from(channels.flatMap(() => steps)),
          ),
        },
      };
    },
    mask(op, inputs) {
      const ones = Array<number>(inputs.axes).fill(1);
      return op.Mul(channelMask(op, inputs), inputs.planned("share", "float32", ["b", 1, ...ones]));
    },
    combine: (op, inputs) => weightedChannels(op, inputs, op.Softmax(meanOfSamples(op, inputs), { axis: 1 })),
  };
}

/** i/N, i = 1 ... N. */
function evenSteps(count: number): number[] {
  return Array.from({ length: count }, (_, i) => (i + 1) / count);
}

const cumulative = isCamWith({ name: "is-cam-cumulative", title: "IS-CAM, factors added up" }, (count) => {
  let sum = 0;
  return evenSteps(count).map((step) => (sum += step));
});

/**
 * Naidu et al., "IS-CAM: Integrated Score-CAM for axiomatic-based explanations", arXiv 2010.03023: as Score-CAM, with the mean
 * score along the straight path from the black image to the masked one, αₖᶜ = softmaxₖ(1/N Σᵢ yᶜ(X ∘ i/N Hₖ)), i = 1 ... N.
 * That is the path that the name promises, and ends at the mask. torch-cam adds the factors up, Mᵢ = Σⱼ≤ᵢ j/N X ∘ Hₖ, and prints such a
 * sum as the paper's equation; it leads beyond the mask (to 5.5 Hₖ for N = 10): the variant `is-cam-cumulative`.
 */
export const isCam: PassMethod = isCamWith(
  {
    name: "is-cam",
    title: "IS-CAM",
    aliases: ["integrated-score-cam"],
    variants: [
      {
        method: cumulative,
        says: "torch-cam's: the shares of the mask are 1/N, 3/N, 6/N ... (N + 1)/2, each the sum of those before, not i/N",
      },
    ],
  },
  evenSteps,
);
