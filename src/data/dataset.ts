/** @file A dataset of labelled images, and the examples that a training reads by number, wherever they lie. */

import type { Box } from "../image/picture/resize.js";
import { Tensor } from "../onnx/tensor.js";

/** Images of one size with their labels, packed. */
export interface LabelledImages {
  /** Pixels 0..255, [count, channels, height, width]. */
  readonly pixels: Uint8Array;
  /** Class indices, [count]. */
  readonly labels: Uint8Array;
  /** Where the evidence for each image's class lies, in pixels; undefined where nobody knows. */
  readonly boxes?: readonly (readonly Box[])[];
  readonly count: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** A dataset with its classes: images to learn from, and images to test on. */
export interface Dataset {
  /** The name it is asked for by, e.g. `mnist`. */
  readonly name: string;
  /** Where it came from, in words for people: printed with every result. */
  readonly source: string;
  readonly classes: readonly string[];
  readonly train: LabelledImages;
  readonly test: LabelledImages;
}

/** A dataset whose parts are drawn when they are first asked for: commands that read one part don't wait for the other. */
export function drawnDataset(
  about: Omit<Dataset, "train" | "test">,
  drawTrain: () => LabelledImages,
  drawTest: () => LabelledImages,
): Dataset {
  const [train, test] = [once(drawTrain), once(drawTest)];
  return {
    ...about,
    get train() {
      return train();
    },
    get test() {
      return test();
    },
  };
}

function once(draw: () => LabelledImages): () => LabelledImages {
  let drawn: LabelledImages | undefined;
  return () => {
    drawn ??= draw();
    return drawn;
  };
}

/** Labelled examples that are read by number, wherever they lie. */
export interface Examples {
  readonly count: number;
  /** `uint8` for pixels 0..255, `float32` for anything else. */
  readonly type: "uint8" | "float32";
  /** Sizes of one example; [channels, height, width] for pixels. */
  readonly dims: readonly number[];
  /** Class indices, [count]. */
  readonly labels: ArrayLike<number>;
  /** The examples at the indices, [indices.length, ...dims]. */
  read(indices: ArrayLike<number>): Promise<Tensor>;
}

/** Images in memory as examples. */
export function imageExamples({ pixels, labels, count, channels, height, width }: LabelledImages): Examples {
  const dims = [channels, height, width];
  const size = channels * height * width;
  return {
    count,
    type: "uint8",
    dims,
    labels,
    async read(indices) {
      const batch = new Uint8Array(indices.length * size);
      for (const [i, index] of Array.from(indices).entries()) {
        batch.set(pixels.subarray(index * size, (index + 1) * size), i * size);
      }
      return new Tensor("uint8", [indices.length, ...dims], batch);
    },
  };
}
