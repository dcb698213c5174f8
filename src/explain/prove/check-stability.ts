/** @file Whether a file gives an image the same scores whenever it runs, and whatever other images share the run. */

import type { Model } from "../../model/model.js";
import { joined, rowsOf } from "../../model/run/batches.js";
import { numbers, Tensor } from "../../onnx/tensor.js";
import { type Proof, proof, relativeDifference } from "./proof.js";
import type { Untouched } from "./untouched.js";

/** The scores of one image, from other runs of the file. */
export interface StabilityProof {
  /** From a second run of the same images. */
  readonly again: Proof;
  /** From a run beside other images; undefined for a file that takes one image alone. */
  readonly besideOthers: Proof | undefined;
  readonly passed: boolean;
}

/**
 * @param images those that the file was opened with
 * @param tolerance the largest relative difference that rounding makes
 */
export async function checkStability(
  model: Model,
  file: Untouched,
  images: Tensor,
  tolerance: number,
): Promise<StabilityProof> {
  const compare = async (others: Tensor, first: (scores: Tensor) => Tensor) => {
    const scores = await file.run(others);
    return proof(relativeDifference(numbers(first(scores)), numbers(first(file.first))), tolerance);
  };
  const again = await compare(images, (scores) => scores);
  const others = withOtherNeighbours(model, images);
  const besideOthers = others && (await compare(others, (scores) => rowsOf(scores, 0, 1)));
  return { again, besideOthers, passed: again.passed && besideOthers?.passed !== false };
}

/** The first image with black ones beside it, as far as the file takes several. */
function withOtherNeighbours({ fileInput, oneByOne }: Model, images: Tensor): Tensor | undefined {
  const [count = 1, ...sizes] = images.dims;
  if (oneByOne || (count === 1 && typeof fileInput.dims?.[0] === "number")) return undefined;
  const image = rowsOf(images, 0, 1);
  const dims = [Math.max(1, count - 1), ...sizes];
  const black = new Tensor("float32", dims, new Float32Array(dims.reduce((product, size) => product * size, 1)));
  return joined([image, black]);
}

/** What a reader should know of scores that are no matter of the image alone. */
export function stabilityNotes({ again, besideOthers }: StabilityProof): string[] {
  return [
    ...(again.passed ? [] : ["The file's own scores change from call to call: it draws random numbers."]),
    ...(again.passed && besideOthers?.passed === false
      ? ["The file's own scores depend on the images that share a run, so no map can be right for all of them."]
      : []),
  ];
}
