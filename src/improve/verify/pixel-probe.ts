/**
 * @file Whether the rest of an image tells its class without a cue: a small network that learns from images with the cue exchanged at
 * random, and so can make nothing of it.
 */

import { type Cue, exchangeCue } from "../../data/cues/cue.js";
import type { LabelledImages } from "../../data/dataset.js";
import { at } from "../../foundation/present.js";
import { random } from "../../foundation/random.js";
import type { Runtime } from "../../runtime/session.js";
import { trainingSettings } from "../../train/network/recipes.js";
import { trainNetwork } from "../../train/train.js";
import { predictAll } from "../../train/validate.js";
import { largestOfRows } from "../answers.js";
import { joinedPixels } from "../image-set.js";
import type { Images } from "./exchanges.js";
import type { Probe } from "./probe.js";

export interface ProbeOptions {
  readonly runtime: Runtime;
  readonly classes: number;
  readonly seed: string;
  readonly signal?: AbortSignal | undefined;
}

/** Of fewer images than this a weak network learns too little without a cue that came for free. */
const few = 2000;
/** Networks to learn from few images and from more, and their steps, each image several times with other donors. */
const learners = { few: { network: "compact", steps: 150 }, more: { network: "classic", steps: 300 } } as const;
const batchSize = 64;

/**
 * Trains a probe of its own.
 * @param cue is exchanged between the images that it learns from, of whatever class, labels untouched. Default: images as they are
 */
export async function trainPixelProbe(train: Images, cue: Cue | undefined, options: ProbeOptions): Promise<Probe> {
  const { runtime, classes, seed, signal } = options;
  const count = train.labels.length;
  const { network, steps } = count < few ? learners.few : learners.more;
  const source = random(seed).fork("probe");
  const rounds = Math.max(1, Math.round((steps * batchSize) / count / 4));
  const copies = Array.from({ length: rounds }, () =>
    train.pixels.map((image) => {
      if (cue === undefined) return image;
      return exchangeCue(cue, image, at(train.pixels, source.below(count)), train.dims);
    }),
  ).flat();
  const labels = Array.from({ length: rounds }, () => train.labels).flat();
  const settings = trainingSettings(network, { epochs: 4, batchSize, augmentation: null });
  const { graph } = await trainNetwork(labelled(copies, labels, train.dims), undefined, classes, settings, {
    runtime,
    ...(signal ? { signal } : {}),
  });
  signal?.throwIfAborted();
  return async (images) => {
    const rows = await predictAll(graph, labelled(images, Array(images.length).fill(0), train.dims), runtime);
    return largestOfRows(rows, classes);
  };
}

function labelled(images: readonly Uint8Array[], labels: readonly number[], dims: Images["dims"]): LabelledImages {
  const [channels, height, width] = dims;
  const pixels = joinedPixels(images, dims).bytes;
  return { pixels, labels: Uint8Array.from(labels), count: images.length, channels, height, width };
}
