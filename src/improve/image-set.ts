/** @file Sets of images: parts of them, and pixels out of them. */

import { imageExamples, type LabelledImages } from "../data/dataset.js";
import { at } from "../foundation/present.js";
import { random } from "../foundation/random.js";
import { Tensor } from "../onnx/tensor.js";
import type { ImageSet } from "./subject.js";

/** Images in memory as a set, named by their numbers. @param prefix in front of the numbers */
export function imageSetOf(images: LabelledImages, prefix: string): ImageSet {
  const { channels, height, width, count, boxes } = images;
  return {
    ...imageExamples(images),
    type: "uint8",
    dims: [channels, height, width],
    names: Array.from({ length: count }, (_, i) => `${prefix}${i}`),
    boxes,
  };
}

/** The images at the indices, in that order. */
export function partOf(set: ImageSet, indices: readonly number[]): ImageSet {
  return {
    ...set,
    count: indices.length,
    labels: indices.map((i) => at(set.labels, i)),
    names: indices.map((i) => at(set.names, i)),
    boxes: set.boxes && indices.map((i) => set.boxes?.[i] ?? []),
    read: (some) => set.read(Array.from(some, (i) => at(indices, i))),
  };
}

/** The two parts of what may be learned from. */
export interface Parts {
  readonly train: ImageSet;
  readonly validation: ImageSet;
}

/** Share of the images to learn from that `fovea improve` puts aside for validation. */
export const validationShare = 0.2;

/**
 * Puts the share `share` of the images aside for validation, by a hash of seed and name: an image stays in its part whatever others
 * are added or taken away.
 */
export function splitByName(set: ImageSet, share: number, seed: string): Parts {
  const places = set.names.map((name) => random(`${seed}/validation/${name}`).uniform());
  const indices = places.map((_, i) => i);
  return {
    train: partOf(
      set,
      indices.filter((i) => at(places, i) >= share),
    ),
    validation: partOf(
      set,
      indices.filter((i) => at(places, i) < share),
    ),
  };
}

/** At most `most` indices of images of each class, drawn by `seed`, class by class. */
export function someOfEachClass(set: ImageSet, classes: number, most: number, seed: string): number[][] {
  const source = random(seed).fork("some of each class");
  const byClass = Array.from({ length: classes }, (): number[] => []);
  for (let i = 0; i < set.count; i++) byClass[at(set.labels, i)]?.push(i);
  return byClass.map((indices) => {
    const drawn = indices.map((i) => [source.uniform(), i] as const).sort(([a], [b]) => a - b);
    return drawn.slice(0, most).map(([, i]) => i);
  });
}

/** The pixels of single images, each [channels * height * width]. */
export async function pixelsOf(set: ImageSet, indices: readonly number[]): Promise<Uint8Array[]> {
  if (indices.length === 0) return [];
  const { bytes } = await set.read(indices);
  const size = bytes.length / indices.length;
  return indices.map((_, i) => bytes.subarray(i * size, (i + 1) * size));
}

/** Single images as one tensor, uint8 [count, ...dims]. */
export function joinedPixels(images: readonly Uint8Array[], dims: ImageSet["dims"]): Tensor {
  const size = dims[0] * dims[1] * dims[2];
  const all = new Uint8Array(images.length * size);
  images.forEach((image, i) => {
    all.set(image, i * size);
  });
  return new Tensor("uint8", [images.length, ...dims], all);
}
