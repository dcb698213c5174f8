/** @file What a model answers to images in memory. */

import { createClassifier } from "../model/run/classifier.js";
import { floats } from "../onnx/tensor.js";
import type { Runtime } from "../runtime/session.js";
import { joinedPixels } from "./image-set.js";
import type { Subject } from "./subject.js";

export interface AnswerOptions {
  readonly runtime: Runtime;
  readonly signal?: AbortSignal | undefined;
}

/** Gives the class with the highest probability for each image. */
export interface Answers {
  /** @param images pixels, each [channels * height * width] */
  ask(images: readonly Uint8Array[]): Promise<number[]>;
  close(): Promise<void>;
}

/** Bytes of pixels in one run. */
const mostBytes = 2 ** 22;

/** Opens a subject's model for its answers. */
export function openAnswers(
  { model, input, learning: { dims } }: Subject,
  { runtime, signal }: AnswerOptions,
): Answers {
  const classifier = createClassifier(model, { runtime });
  const batch = Math.max(1, Math.min(256, Math.floor(mostBytes / (dims[0] * dims[1] * dims[2]))));
  return {
    async ask(images) {
      const answers: number[] = [];
      for (let first = 0; first < images.length; first += batch) {
        signal?.throwIfAborted();
        const some = images.slice(first, first + batch);
        const rows = floats(await classifier.classify(await input(joinedPixels(some, dims))));
        answers.push(...largestOfRows(rows, rows.length / some.length));
      }
      return answers;
    },
    close: () => classifier.close(),
  };
}

/** The place of the largest value in each row. */
export function largestOfRows(values: ArrayLike<number>, width: number): number[] {
  const places: number[] = [];
  for (let row = 0; row < values.length; row += width) {
    let best = 0;
    for (let i = 1; i < width; i++) if ((values[row + i] as number) > (values[row + best] as number)) best = i;
    places.push(best);
  }
  return places;
}
