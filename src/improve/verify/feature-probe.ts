/** @file A probe on the features of the model itself: a linear layer by ridge regression, for images too large to train a network on. */

import { exchangeCue } from "../../data/cues/cue.js";
import { at, present } from "../../foundation/present.js";
import { random } from "../../foundation/random.js";
import { floats } from "../../onnx/tensor.js";
import { extractBackbone } from "../../train/transfer/backbone.js";
import { type AnswerOptions, largestOfRows } from "../answers.js";
import { joinedPixels } from "../image-set.js";
import type { Subject } from "../subject.js";
import type { Images } from "./exchanges.js";
import type { Probe, Probes } from "./probe.js";
import { ridgeRegression } from "./ridge.js";

/** Images in one run. */
const batch = 16;
/** Images that a probe learns from, of each class: features are dear. */
const mostOfClass = 150;

/** Opens the model's features for probes. */
export async function openFeatureProbes(
  subject: Subject,
  { runtime, signal, seed }: AnswerOptions & { seed: string },
): Promise<Probes> {
  const { graph, input, features } = extractBackbone(subject.model);
  const session = await runtime.open(graph);
  const classes = subject.classes.length;
  const featuresOf = async (images: readonly Uint8Array[], dims: Images["dims"]) => {
    const rows: Float32Array[] = [];
    const group = subject.model.oneByOne ? 1 : batch;
    for (let first = 0; first < images.length; first += group) {
      signal?.throwIfAborted();
      const some = images.slice(first, first + group);
      const results = await session.run({ [input]: await subject.input(joinedPixels(some, dims)) });
      const values = floats(present(results[features], features));
      const width = values.length / some.length;
      for (let i = 0; i < some.length; i++) rows.push(values.slice(i * width, (i + 1) * width));
    }
    return rows;
  };
  return {
    async train(all, cue): Promise<Probe> {
      const learned = fewer(all, classes);
      const source = random(seed).fork("donors");
      const images = learned.pixels.map((image) => {
        if (cue === undefined) return image;
        return exchangeCue(cue, image, at(all.pixels, source.below(all.pixels.length)), all.dims);
      });
      const judge = ridgeClassifier(await featuresOf(images, all.dims), learned.labels, classes);
      return async (others) => judge(await featuresOf(others, all.dims));
    },
    close: () => session.close(),
  };
}

/** At most so many images of each class, the first. */
function fewer({ pixels, labels, dims }: Images, classes: number): Images {
  const kept = Array.from({ length: classes }, (_, c) =>
    labels.flatMap((label, i) => (label === c ? [i] : [])).slice(0, mostOfClass),
  ).flat();
  return { pixels: kept.map((i) => at(pixels, i)), labels: kept.map((i) => at(labels, i)), dims };
}

/**
 * Ridge regression on one-hot labels.
 * @returns the class of each row
 */
export function ridgeClassifier(
  rows: readonly Float32Array[],
  labels: readonly number[],
  classes: number,
): (rows: readonly Float32Array[]) => number[] {
  const predict = ridgeRegression(
    rows,
    labels.map((label) => Array.from({ length: classes }, (_, c) => (c === label ? 1 : 0))),
  );
  return (others) => largestOfRows(predict(others).flat(), classes);
}
