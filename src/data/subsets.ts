/** @file Parts of labelled images. */

import { FoveaError } from "../foundation/error.js";
import { at } from "../foundation/present.js";
import { permutation, random } from "../foundation/random.js";
import type { LabelledImages } from "./dataset.js";

/** The images at `indices`, in that order, copied; an index may come twice. */
export function take(images: LabelledImages, indices: ArrayLike<number>): LabelledImages {
  const { count, channels, height, width } = images;
  const size = channels * height * width;
  const pixels = new Uint8Array(indices.length * size);
  const labels = new Uint8Array(indices.length);
  for (const [i, index] of Array.from(indices).entries()) {
    if (!Number.isInteger(index) || index < 0 || index >= count) {
      throw new FoveaError(
        "bad-input",
        `take: index ${i}: expected a whole number from 0 to ${count - 1}, got ${index}`,
      );
    }
    pixels.set(images.pixels.subarray(index * size, (index + 1) * size), i * size);
    labels[i] = at(images.labels, index);
  }
  const boxes = images.boxes && Array.from(indices, (index) => images.boxes?.[index] ?? []);
  return { pixels, labels, ...(boxes ? { boxes } : {}), count: indices.length, channels, height, width };
}

/** The first `n` images, or all where there are fewer; the memory is shared. */
export function first(images: LabelledImages, n: number): LabelledImages {
  if (!Number.isInteger(n) || n < 0) {
    throw new FoveaError("bad-input", `first: number of images: expected a whole number, 0 or more, got ${n}`);
  }
  const { channels, height, width } = images;
  const count = Math.min(n, images.count);
  const pixels = images.pixels.subarray(0, count * channels * height * width);
  const boxes = images.boxes?.slice(0, count);
  const labels = images.labels.subarray(0, count);
  return { pixels, labels, ...(boxes ? { boxes } : {}), count, channels, height, width };
}

/**
 * Puts aside a part for validation: the share `fraction` of each class, to within one image, chosen by `seed`.
 * Both parts keep the images' order.
 *
 * @throws FoveaError `bad-input` unless both parts get an image
 */
export function split(
  images: LabelledImages,
  fraction: number,
  seed: number | string,
): { train: LabelledImages; validation: LabelledImages } {
  const { train, validation } = splitIndices(images, fraction, seed);
  return { train: take(images, train), validation: take(images, validation) };
}

/** The same as indices. */
export function splitIndices(
  images: Pick<LabelledImages, "labels" | "count">,
  fraction: number,
  seed: number | string,
): { train: number[]; validation: number[] } {
  if (!(fraction > 0 && fraction < 1)) {
    throw new FoveaError(
      "bad-input",
      `split: fraction for validation: expected more than 0 and less than 1, got ${fraction}`,
    );
  }
  // Classes in a row, shuffled within each; every 1/fraction-th image of the row goes, so each class gives its share.
  const shuffled = permutation(images.count, random(seed).fork("split"));
  const row = shuffled.sort((a, b) => (images.labels[a] as number) - (images.labels[b] as number));
  const parts: { train: number[]; validation: number[] } = { train: [], validation: [] };
  row.forEach((index, place) => {
    const isHeldOut = Math.floor((place + 1) * fraction + 0.5) > Math.floor(place * fraction + 0.5);
    parts[isHeldOut ? "validation" : "train"].push(index);
  });
  if (parts.train.length === 0 || parts.validation.length === 0) {
    throw new FoveaError(
      "bad-input",
      `split: ${fraction} of ${images.count} images: expected at least one image in each part, got ${parts.train.length} and ${parts.validation.length}`,
    );
  }
  const inOrder = (indices: number[]) => indices.sort((a, b) => a - b);
  return { train: inOrder(parts.train), validation: inOrder(parts.validation) };
}

/** At most so many things that lie evenly among all, in their order. */
export function evenly<Thing>(things: readonly Thing[], most: number): Thing[] {
  const step = Math.max(1, things.length / most);
  return things.filter((_, i) => Math.floor(i / step) !== Math.floor((i - 1) / step));
}
