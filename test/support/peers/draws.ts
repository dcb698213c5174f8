/** @file The random numbers that methods draw for the networks of `test/fixtures/peers`, for others' code to use the same ones. */

import { randomCamWeights } from "../../../src/explain/methods/random-cam.js";
import { riseWith } from "../../../src/explain/methods/rise.js";
import { ssCam } from "../../../src/explain/methods/ss-cam.js";
import { noiseSource } from "../../../src/explain/run/sampled/draw-noise.js";
import type { Tensor } from "../../../src/onnx/tensor.js";
import { noSuperpixels } from "../models/no-superpixels.js";

const [height, width] = [24, 20];
/** How many samples are compared. */
export const sampleCounts = { noise: 4, ssCam: 3, rise: 60 } as const;
/** Channels of the layer `features`. */
const channels = 8;

/** By the name of the file, without its ending. */
export function draws(): Readonly<Record<string, Tensor>> {
  const subject = { channels: [], sizes: [height, width], seed: 1, superpixels: noSuperpixels };
  const { grid, shift } = riseWith().plan({ ...subject, samples: sampleCounts.rise }).rows as Record<string, Tensor>;
  const { noise } = ssCam.plan({ ...subject, samples: sampleCounts.ssCam }).shared as Record<string, Tensor>;
  return {
    "rise-grid": grid as Tensor,
    "rise-shift": shift as Tensor,
    "ss-cam-noise": noise as Tensor,
    noise: noiseSource(1)(0, sampleCounts.noise, [3, height, width]),
    "random-cam-weights": randomCamWeights(1, channels),
  };
}
