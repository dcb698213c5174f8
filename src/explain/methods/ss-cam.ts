/** @file SS-CAM. */

import { random } from "../../foundation/random.js";
import { float32, int64, sizeOf } from "../../onnx/tensor.js";
import type { PassMethod } from "../method.js";
import { channelMask, meanOfSamples, weightedChannels } from "./parts/channels.js";

/** The noise's standard deviation on masks from 0 to 1. */
const deviation = 2;

/**
 * Wang et al., "SS-CAM: Smoothed Score-CAM for Sharper Visual Feature Localization", arXiv 2006.14255, smoothing of the feature
 * map: as Score-CAM, with the mean score of N masks to each of which Gaussian noise of deviation σ = 2 is added,
 * αₖᶜ = softmaxₖ(1/N Σₙ yᶜ(X ∘ (Hₖ + εₙ))). Two things differ from the paper. N is 10 by default, where the paper has 35, because
 * each costs an inference for each channel: 35 `samples` give the paper's. And the εₙ are the same for all channels and images,
 * which leaves each channel's expectation the same and keeps noise alone from changing the order of channels; torch-cam draws
 * them anew for each channel, and scales each channel to [0, 1] before it upsamples it.
 */
export const ssCam: PassMethod = {
  name: "ss-cam",
  title: "SS-CAM",
  aliases: ["smoothed-score-cam"],
  paper: "Wang et al., arXiv 2006.14255, 2020",
  needsGradient: false,
  masks: "image",
  measures: "score",
  quick: { topChannels: 32 },
  samples: 10,
  plan({ channels, sizes, samples, seed }) {
    const source = random(seed).fork("ss-cam");
    const noise = Float32Array.from({ length: samples * sizeOf(sizes) }, () => deviation * source.normal());
    return {
      count: channels.length * samples,
      rows: {
        channel: int64(channels.flatMap((channel) => Array<number>(samples).fill(channel))),
        sample: int64(channels.flatMap(() => Array.from({ length: samples }, (_, n) => n))),
      },
      shared: { noise: float32([samples, 1, ...sizes], noise) },
    };
  },
  mask(op, inputs) {
    const places = Array.from({ length: inputs.axes }, (_, i) => `S${i}`);
    const noise = inputs.planned("noise", "float32", ["samples", 1, ...places]);
    return op.Add(channelMask(op, inputs), op.Gather(noise, inputs.planned("sample", "int64", ["b"]), { axis: 0 }));
  },
  combine: (op, inputs) => weightedChannels(op, inputs, op.Softmax(meanOfSamples(op, inputs), { axis: 1 })),
};
