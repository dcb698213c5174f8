/** @file Exchanges cues between the images that are learned from, anew in each epoch. */

import { type Cue, exchangeCue } from "../../data/cues/cue.js";
import type { ImageDims } from "../../data/cues/image-dims.js";
import type { Examples } from "../../data/dataset.js";
import { FoveaError } from "../../foundation/error.js";
import { groupBy } from "../../foundation/group-by.js";
import { at } from "../../foundation/present.js";
import type { Random } from "../../foundation/random.js";
import { Tensor } from "../../onnx/tensor.js";

/** Whose cue an image gets: any image's, or one's of its own class. */
export const donorKinds = ["any", "own class"] as const;
export type Donors = (typeof donorKinds)[number];

/** Reads examples as one step shows them; all that is random is drawn from `source`. */
export type ReadVaried = (indices: ArrayLike<number>, source: Random) => Promise<Tensor>;

/**
 * Reads images, each with every cue taken from another one: the cue of a random image says nothing of the label any more, which stays.
 * Each cue of each image has a donor of its own, drawn evenly among all.
 * @param images pixels 0..255, [channels, height, width]
 * @throws FoveaError `bad-input` for examples that are no pixels
 */
export function exchangeBetween(images: Examples, cues: readonly Cue[], donors: Donors = "any"): ReadVaried {
  const dims = dimsOf(images);
  const size = dims.reduce((product, each) => product * each, 1);
  const drawDonor = donorsOf(images.labels, images.count, donors);
  return async (indices, source) => {
    const receivers = Array.from(indices);
    const givers = cues.map(() => receivers.map((index) => drawDonor(index, source)));
    const own = await pixelsAt(images, receivers);
    let result = own;
    for (const [k, cue] of cues.entries()) {
      const given = await pixelsAt(images, at(givers, k));
      const next = new Uint8Array(own.length);
      for (let i = 0; i < receivers.length; i++) {
        const [from, to] = [i * size, (i + 1) * size];
        next.set(exchangeCue(cue, result.subarray(from, to), given.subarray(from, to), dims), from);
      }
      result = next;
    }
    return new Tensor("uint8", [receivers.length, ...dims], result);
  };
}

function dimsOf({ type, dims }: Examples): ImageDims {
  const [channels, height, width, ...others] = dims;
  if (type === "uint8" && channels && height && width && others.length === 0) return [channels, height, width];
  const got = `${type} [${dims.join(", ")}]`;
  throw new FoveaError("bad-input", `exchange: expected pixels, uint8 [channels, height, width], got ${got}`);
}

async function pixelsAt(images: Examples, indices: readonly number[]): Promise<Uint8Array> {
  return (await images.read(indices)).bytes;
}

function donorsOf(labels: ArrayLike<number>, count: number, donors: Donors): (index: number, source: Random) => number {
  if (donors === "any") return (_, source) => source.below(count);
  const indices = Array.from({ length: count }, (_, i) => i);
  const byLabel = groupBy(indices, (i) => at(labels, i));
  return (index, source) => {
    const own = byLabel.get(at(labels, index)) ?? [index];
    return at(own, source.below(own.length));
  };
}
