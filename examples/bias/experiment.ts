/** @file Trains on stamped digits, and measures how much a network leans on the stamp. */

import { meanInterval } from "../../src/evaluate/statistics/mean-interval.js";
import { type Proportion, proportion } from "../../src/evaluate/statistics/proportion.js";
import { evidenceInside } from "../../src/evaluate/trial/evidence.js";
import type { LoadedModel } from "../../src/explain/loaded-model.js";
import { mapOf } from "../../src/explain/maps.js";
import { loadModel } from "../../src/explain/node.js";
import { unitPreprocessing } from "../../src/image/input/preprocessing.js";
import { resizeMap } from "../../src/image/picture/resize.js";
import { withModelCard } from "../../src/model/card.js";
import { writeModel } from "../../src/onnx/write.js";
import { createNodeRuntime } from "../../src/runtime/node.js";
import { trainingSettings } from "../../src/train/network/recipes.js";
import { trainNetwork } from "../../src/train/train.js";
import { scaleImages } from "../../src/train/validate.js";
import { digits, type StampedDigits, side, stampBox } from "./stamped-digits.js";

export interface Trained {
  /** An ordinary ONNX file. */
  readonly bytes: Uint8Array;
  readonly model: LoadedModel;
}

export async function trainOn(
  { images }: StampedDigits,
  seed: number,
  epochs: number,
  runtime = createNodeRuntime(),
): Promise<Trained> {
  const settings = trainingSettings("compact", { epochs, seed, batchSize: 64, augmentation: null });
  const { graph } = await trainNetwork(images, undefined, digits.length, settings, { runtime });
  const preprocessing = unitPreprocessing({ width: side, height: side, channels: 3 });
  const bytes = writeModel(withModelCard(graph, { classes: digits.map(String), preprocessing }));
  return { bytes, model: await loadModel(bytes, { runtime }) };
}

/** What a network makes of some images. */
export interface Measures {
  readonly accuracy: Proportion;
  /** The share of the true class's Grad-CAM map that lies on the stamp; mean over the images whose map is not blank. */
  readonly truthOnStamp: Proportion;
  /** Images whose map of the true class is blank: nothing speaks for it. */
  readonly blank: number;
  /** The same share of the predicted class's map. */
  readonly saidOnStamp: Proportion;
}

export interface Leaning {
  readonly all: Measures;
  /** Images with the stamp of their own class, and of the other one. */
  readonly own: Measures;
  readonly other: Measures;
}

/** One image. */
interface Found {
  readonly own: boolean;
  readonly right: boolean;
  readonly truthOnStamp: number | undefined;
  readonly saidOnStamp: number | undefined;
}

const batch = 100;

export async function measure(model: LoadedModel, { images, stamps }: StampedDigits): Promise<Leaning> {
  const explainer = await model.explainer();
  const found: Found[] = [];
  for (let first = 0; first < images.count; first += batch) {
    const labels = images.labels.subarray(first, first + batch);
    const input = scaleImages(images, first, labels.length);
    const [truth, said] = [await explainer.explain(input, { labels }), await explainer.explain(input)];
    for (const [i, label] of labels.entries()) {
      const [truthOnStamp, saidOnStamp] = [truth, said].map((each) =>
        evidenceInside(resizeMap(mapOf(each, i), side, side), [stampBox]),
      );
      found.push({ own: stamps[first + i] === label, right: said.predicted[i] === label, truthOnStamp, saidOnStamp });
    }
  }
  await explainer.close();
  return {
    all: measured(found),
    own: measured(found.filter(({ own }) => own)),
    other: measured(found.filter(({ own }) => !own)),
  };
}

function measured(found: readonly Found[]): Measures {
  const shares = (name: "truthOnStamp" | "saidOnStamp") =>
    found.flatMap(({ [name]: share }) => (share === undefined ? [] : [share]));
  const truth = shares("truthOnStamp");
  return {
    accuracy: proportion(found.filter(({ right }) => right).length, found.length),
    truthOnStamp: meanInterval(truth),
    blank: found.length - truth.length,
    saidOnStamp: meanInterval(shares("saidOnStamp")),
  };
}
