/** @file A backbone's features of photos with exchanged cues: several copies of each, computed once and kept on disk. */

import { createHash } from "node:crypto";
import type { Examples } from "../../data/dataset.js";
import type { Photo } from "../../data/photos/photo.js";
import { at } from "../../foundation/present.js";
import { random } from "../../foundation/random.js";
import { preprocessingOf } from "../../model/preprocessing.js";
import { preprocess } from "../../model/run/read-image.js";
import { float32, floats, type Tensor } from "../../onnx/tensor.js";
import { exchangeBetween, type ReadVaried } from "../../train/step/exchange.js";
import type { TrainingSettings } from "../../train/train.js";
import type { Backbone } from "../../train/transfer/backbone.js";
import type { NamedModel } from "../inputs/models.js";
import { runtime } from "../platform.js";
import type { Job } from "../terminal/job.js";
import type { AskedCue } from "./exchanged-cues.js";
import { featureSource, type PhotoRows, photoRows, pixelSource, type RowSource } from "./photo-rows.js";

/** Copies of each photo, with other donors each; an epoch takes one of them at random. */
const copies = 4;

export interface ExchangedFeatures {
  /** Of all copies: what means and deviations are measured on. */
  readonly all: Examples;
  readonly vary: ReadVaried;
  readonly close: () => Promise<void>;
}

interface FeatureOptions {
  readonly exchange: readonly AskedCue[];
  readonly settings: TrainingSettings;
  readonly cache: string | undefined;
}

/** @param photos those that are learned from; all of them can be read */
export async function exchangedFeatures(
  job: Job,
  named: NamedModel,
  backbone: Backbone,
  photos: readonly Photo[],
  { exchange, settings, cache }: FeatureOptions,
): Promise<ExchangedFeatures> {
  const { preprocessing } = preprocessingOf(named.model);
  const { channels, height, width } = preprocessing;
  const pixels = await pixelSource(preprocessing);
  const rows = await photoRows(job, photos, pixels, cache).finally(() => pixels.close());
  const cues = exchange.map((cue) => cue.at([channels, height, width]));
  const readExchanged = exchangeBetween(rows.examples(photos), cues);
  const parts: PhotoRows[] = [];
  try {
    for (let copy = 0; copy < copies; copy++) {
      const plain = await featureSource(named, preprocessing, backbone);
      const source = copySource(plain, named, photos, { readExchanged, copy, settings });
      parts.push(await photoRows(job, photos, source, cache).finally(() => source.close()));
    }
  } finally {
    await rows.close();
  }
  const examples = parts.map((part) => part.examples(photos));
  return {
    all: together(examples),
    vary: async (indices, source) => {
      const chosen = Array.from(indices, () => source.below(copies));
      return rowsFrom(examples, Array.from(indices), chosen);
    },
    close: async () => {
      for (const part of parts) await part.close();
    },
  };
}

interface CopyOptions {
  readonly readExchanged: ReadVaried;
  readonly copy: number;
  readonly settings: TrainingSettings;
}

/** Features of one copy. Donors are drawn for each photo by itself, so that a run that was broken off draws the same. */
function copySource(
  plain: RowSource,
  { model }: NamedModel,
  photos: readonly Photo[],
  { readExchanged, copy, settings: { exchange, seed } }: CopyOptions,
): RowSource {
  const indexOf = new Map(photos.map(({ path }, i) => [path, i]));
  const donors = createHash("sha256")
    .update(JSON.stringify(photos.map(({ path }) => path)))
    .digest("hex");
  return {
    ...plain,
    what: `${plain.what} with exchanged cues, copy ${copy + 1} of ${copies}`,
    identity: [plain.identity, exchange, seed, copy, donors],
    async read({ path }) {
      const index = indexOf.get(path) ?? 0;
      const image = await readExchanged([index], random(seed).fork(`copy ${copy} of ${index}`));
      const [n = 1, c = 1, h = 1, w = 1] = image.dims;
      return preprocess(model, image.bytes, [n, c, h, w], runtime);
    },
  };
}

function together(examples: readonly Examples[]): Examples {
  const first = at(examples, 0);
  return {
    ...first,
    count: examples.length * first.count,
    labels: examples.flatMap(({ labels }) => Array.from(labels)),
    read: (indices) => {
      const all = Array.from(indices);
      return rowsFrom(
        examples,
        all.map((index) => index % first.count),
        all.map((index) => Math.floor(index / first.count)),
      );
    },
  };
}

/** Rows [indices.length, width], each from the copy that is chosen for it. */
async function rowsFrom(
  examples: readonly Examples[],
  indices: readonly number[],
  chosen: readonly number[],
): Promise<Tensor> {
  const [width = 1] = at(examples, 0).dims;
  const values = new Float32Array(indices.length * width);
  for (const [copy, each] of examples.entries()) {
    const places = indices.flatMap((_, i) => (chosen[i] === copy ? [i] : []));
    if (places.length === 0) continue;
    const rows = floats(await each.read(places.map((place) => at(indices, place))));
    places.forEach((place, i) => void values.set(rows.subarray(i * width, (i + 1) * width), place * width));
  }
  return float32([indices.length, width], values);
}
