/** @file The random numbers that methods draw for the networks of `test/fixtures/peers`, for others' code to use the same ones. */

import { readFileSync } from "node:fs";
import { readNpy } from "../../../src/data/npy.js";
import { lime } from "../../../src/explain/methods/lime.js";
import { drawnSamples } from "../../../src/explain/methods/parts/sampling/drawn-samples.js";
import { randomCamWeights } from "../../../src/explain/methods/random-cam.js";
import { riseWith } from "../../../src/explain/methods/rise.js";
import { ssCam } from "../../../src/explain/methods/ss-cam.js";
import { noiseSource } from "../../../src/explain/run/sampled/draw-noise.js";
import { random } from "../../../src/foundation/random.js";
import { pictureOfInput } from "../../../src/image/input/input.js";
import type { Superpixels } from "../../../src/image/superpixels/connect.js";
import { labOf } from "../../../src/image/superpixels/lab.js";
import { slic } from "../../../src/image/superpixels/slic.js";
import { float32, type Tensor } from "../../../src/onnx/tensor.js";
import { peerFolder, peerMeta } from "./meta.js";

const [height, width] = [24, 20];
/** How many samples are compared, and superpixels asked for. */
export const sampleCounts = { noise: 4, ssCam: 3, rise: 60, ways: 16, lime: 60, superpixels: 10 } as const;
/** Channels of the layer `features`. */
const channels = 8;

/** By the name of the file, without its ending. */
export function draws(): Readonly<Record<string, Tensor>> {
  const superpixels = superpixelsOfInput();
  const subject = { channels: [], sizes: [height, width], seed: 1, superpixels: () => superpixels };
  const { grid, shift } = riseWith().plan({ ...subject, samples: sampleCounts.rise }).rows as Record<string, Tensor>;
  const { noise } = ssCam.plan({ ...subject, samples: sampleCounts.ssCam }).shared as Record<string, Tensor>;
  const { coalition } = lime.plan({ ...subject, samples: sampleCounts.lime }).rows as Record<string, Tensor>;
  const ways = drawnSamples(sampleCounts.ways, random(1).fork("ways"));
  return {
    "rise-grid": grid as Tensor,
    "rise-shift": shift as Tensor,
    "ss-cam-noise": noise as Tensor,
    noise: noiseSource(1)(0, sampleCounts.noise, [3, height, width]),
    "random-cam-weights": randomCamWeights(1, channels),
    ways: float32(
      [ways.length, 2],
      ways.flatMap(({ at, start = 0 }) => [at, start]),
    ),
    superpixels: float32([height, width], Float32Array.from(superpixels.labels)),
    "lime-coalitions": coalition as Tensor,
  };
}

function superpixelsOfInput(): Superpixels {
  const input = readNpy(readFileSync(`${peerFolder}conv/input.npy`), "input");
  const preprocessing = { channels: 3, height, width, scale: 1 / 255, ...peerMeta.preprocessing } as const;
  return slic(labOf(pictureOfInput(input, preprocessing)), [height, width], { count: sampleCounts.superpixels });
}
