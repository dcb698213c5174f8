/** @file Maps of the true class of some training images, with what the model answers to them. */

import { createExplainer } from "../../explain/explainer.js";
import { faithfulMethod } from "../../explain/faithful/faithful-method.js";
import { mapOf } from "../../explain/maps.js";
import { at, present } from "../../foundation/present.js";
import { type FloatMap, normalizeMap } from "../../image/map/heatmap.js";
import { floats } from "../../onnx/tensor.js";
import type { AnswerOptions } from "../answers.js";
import { joinedPixels, pixelsOf, someOfEachClass } from "../image-set.js";
import type { ImageSet, Subject } from "../subject.js";
import type { LabelledPixels } from "./tells.js";

/** A training image that was looked at. */
export interface SeenImage {
  /** Its place in the set. */
  readonly index: number;
  readonly label: number;
  readonly pixels: Uint8Array;
  /** Of its own class: 0 to 1, its peak being 1. */
  readonly map: FloatMap;
  readonly answer: number;
  /** The layer's channels, averaged over places. */
  readonly features: Float32Array;
}

export interface SeenImages {
  readonly method: string;
  readonly layer: string;
  readonly images: readonly SeenImage[];
  /** These images and more without maps, for what pixels alone tell. */
  readonly sample: LabelledPixels;
}

export interface LookOptions extends AnswerOptions {
  readonly seed: string;
  /** Images of each class at most. Default 60. */
  readonly each?: number;
  readonly onProgress?: ((done: number, of: number) => void) | undefined;
}

/** Images in one run. */
const batch = 16;
/** Images whose pixels are looked at, of all classes together. */
const sampled = 600;

/** Maps of at most so many training images of each class, by the method that follows what the class loses (`faithfulMethod`). */
export async function lookAtTraining(subject: Subject, train: ImageSet, options: LookOptions): Promise<SeenImages> {
  const { runtime, seed, each = 60, signal, onProgress } = options;
  const method = faithfulMethod(subject.model);
  const chosen = someOfEachClass(train, subject.classes.length, each, seed).flat();
  const explainer = await createExplainer(subject.model, { runtime, method, include: ["activation"] });
  const images: SeenImage[] = [];
  try {
    for (let first = 0; first < chosen.length; first += batch) {
      const indices = chosen.slice(first, first + batch);
      const pixels = await pixelsOf(train, indices);
      const labels = indices.map((i) => at(train.labels, i));
      const input = await subject.input(joinedPixels(pixels, train.dims));
      const explanation = await explainer.explain(input, { labels, ...(signal ? { signal } : {}) });
      const pooled = pooledRows(explanation.activation);
      indices.forEach((index, i) => {
        images.push({
          index,
          label: at(labels, i),
          pixels: at(pixels, i),
          map: normalizeMap(mapOf(explanation, i)),
          answer: at(explanation.predicted, i),
          features: pooled[i] ?? new Float32Array(),
        });
      });
      onProgress?.(images.length, chosen.length);
    }
  } finally {
    await explainer.close();
  }
  return { method, layer: explainer.layer.name, images, sample: await sampleOf(images, subject, train, seed) };
}

/** Images that were looked at are not read again. */
async function sampleOf(
  images: readonly SeenImage[],
  subject: Subject,
  train: ImageSet,
  seed: string,
): Promise<LabelledPixels> {
  const classes = subject.classes.length;
  const indices = someOfEachClass(train, classes, Math.ceil(sampled / classes), seed).flat();
  const read = new Map(images.map(({ index, pixels }) => [index, pixels]));
  const others = indices.filter((index) => !read.has(index));
  (await pixelsOf(train, others)).forEach((pixels, i) => {
    read.set(at(others, i), pixels);
  });
  return {
    pixels: indices.map((index) => present(read.get(index), `image ${index}`)),
    labels: indices.map((index) => at(train.labels, index)),
    classes,
  };
}

/** Means over places of an activation [N, C, h, w]; nothing where there is none of that form. */
function pooledRows(activation: Parameters<typeof floats>[0] | undefined): Float32Array[] {
  if (activation === undefined || activation.dims.length !== 4) return [];
  const [count = 0, channels = 0, height = 1, width = 1] = activation.dims;
  const values = floats(activation);
  const area = height * width;
  return Array.from({ length: count }, (_, i) =>
    Float32Array.from({ length: channels }, (_unused, c) => {
      const start = (i * channels + c) * area;
      return values.subarray(start, start + area).reduce((sum, value) => sum + value, 0) / area;
    }),
  );
}
