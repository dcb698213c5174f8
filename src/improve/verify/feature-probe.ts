/** @file A probe on the features of the model itself: a linear layer by ridge regression, for images too large to train a network on. */

import { Matrix, solve } from "ml-matrix";
import { exchangeCue } from "../../data/cues/cue.js";
import { at, present } from "../../foundation/present.js";
import { random } from "../../foundation/random.js";
import { floats } from "../../onnx/tensor.js";
import { extractBackbone } from "../../train/transfer/backbone.js";
import { type AnswerOptions, largestOfRows } from "../answers.js";
import { joinedPixels } from "../image-set.js";
import type { Subject } from "../subject.js";
import type { Images } from "./exchanges.js";
import type { Probe, Probes } from "./probes.js";

/** Images in one run. */
const batch = 16;
/** Images that a probe learns from, of each class: features are dear. */
const mostOfClass = 150;
/** Weight of the ridge, relative to the mean of the features' variances. */
const ridge = 0.1;

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
 * Ridge regression on one-hot labels (Hoerl and Kennard 1970), in its dual form: the weights are combinations of the images' rows.
 * @returns the class of each row
 */
export function ridgeClassifier(
  rows: readonly Float32Array[],
  labels: readonly number[],
  classes: number,
): (rows: readonly Float32Array[]) => number[] {
  const width = at(rows, 0).length;
  const mean = Float64Array.from(
    { length: width },
    (_, k) => rows.reduce((sum, row) => sum + at(row, k), 0) / rows.length,
  );
  const centred = (row: Float32Array) => Array.from(row, (value, k) => value - at(mean, k));
  const x = new Matrix(rows.map(centred));
  const gram = x.mmul(x.transpose());
  const scale = (ridge * gram.trace()) / rows.length;
  const targets = new Matrix(
    labels.map((label) => Array.from({ length: classes }, (_, c) => (c === label ? 1 : 0) - 1 / classes)),
  );
  const weights = x.transpose().mmul(solve(gram.add(Matrix.eye(rows.length).mul(scale)), targets));
  return (others) => largestOfRows(new Matrix(others.map(centred)).mmul(weights).to1DArray(), classes);
}
