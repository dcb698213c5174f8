/** @file Features of images under a frozen backbone: computed once, of several varied copies of each image where a run varies them. */

import type { Examples } from "../../../data/dataset.js";
import { at, present } from "../../../foundation/present.js";
import { type Random, random } from "../../../foundation/random.js";
import { singleImages } from "../../../model/run/batches.js";
import { float32, floats, type Tensor } from "../../../onnx/tensor.js";
import type { ReadVaried } from "../../../train/step/exchange.js";
import type { Backbone } from "../../../train/transfer/backbone.js";
import type { ImageSet } from "../../subject.js";
import type { TrainerParts } from "./kind.js";

/** Varied copies of each image whose features are computed; each epoch takes one of them at random. */
const copies = 4;

/** Images whose features are computed together. */
const chunk = 64;

export interface FeatureSet {
  /** Of every copy, one copy of all images after the other: what means and deviations are measured on. */
  readonly all: Examples;
  /** One row for each image. */
  readonly train: Examples;
  /** A random copy of each; undefined where there is one. */
  readonly vary: ReadVaried | undefined;
}

export interface FeatureOptions {
  readonly vary: ReadVaried | undefined;
  readonly seed: number;
  readonly oneByOne: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, of: number) => void) | undefined;
}

/** Undefined where the signal ended it. */
export async function featuresOf(
  backbone: Backbone,
  images: ImageSet,
  { runtime, input }: TrainerParts,
  options: FeatureOptions,
): Promise<FeatureSet | undefined> {
  const { vary, seed, oneByOne, signal, onProgress } = options;
  const { width } = backbone;
  const { count } = images;
  const drawn = vary === undefined ? 1 : copies;
  const rows = new Float32Array(drawn * count * width);
  const session = await runtime.open(backbone.graph);
  const compute = async (pixels: Tensor) => {
    const whole = await input(pixels);
    // A model rewritten for any number of images has not been verified here.
    const parts = oneByOne ? singleImages(whole) : [whole];
    const results: Tensor[] = [];
    for (const part of parts) {
      const { [backbone.features]: features } = await session.run({ [backbone.input]: part });
      results.push(present(features, backbone.features));
    }
    return results;
  };
  try {
    for (let copy = 0; copy < drawn; copy++) {
      const source = random(seed).fork(`copy ${copy}`);
      for (let first = 0; first < count; first += chunk) {
        if (signal?.aborted) return undefined;
        const indices = Array.from({ length: Math.min(chunk, count - first) }, (_, i) => first + i);
        let to = (copy * count + first) * width;
        for (const part of await compute(await readShown(images, vary, indices, source))) {
          rows.set(floats(part), to);
          to += part.size;
        }
        onProgress?.(copy * count + first + indices.length, drawn * count);
      }
    }
  } finally {
    await session.close();
  }
  return featureSet(rows, images, width, drawn);
}

function readShown(images: ImageSet, vary: ReadVaried | undefined, indices: readonly number[], source: Random) {
  return vary === undefined ? images.read(indices) : vary(indices, source);
}

function featureSet(rows: Float32Array, { count, labels }: ImageSet, width: number, drawn: number): FeatureSet {
  const read = (places: readonly number[]) => {
    const values = new Float32Array(places.length * width);
    places.forEach((place, i) => void values.set(rows.subarray(place * width, (place + 1) * width), i * width));
    return Promise.resolve(float32([places.length, width], values));
  };
  const about = {
    type: "float32" as const,
    dims: [width],
    read: (indices: ArrayLike<number>) => read(Array.from(indices)),
  };
  const repeated = Array.from({ length: drawn * count }, (_, i) => at(labels, i % count));
  return {
    all: { ...about, count: drawn * count, labels: repeated },
    train: { ...about, count, labels },
    vary:
      drawn === 1
        ? undefined
        : (indices, source) => read(Array.from(indices, (index) => source.below(drawn) * count + index)),
  };
}
