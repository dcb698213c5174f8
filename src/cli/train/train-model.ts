/** @file Trains a network from scratch on a dataset in memory, and writes the model file. */

import { type Dataset, imageExamples } from "../../data/dataset.js";
import { splitIndices, take } from "../../data/subsets.js";
import { writeFileAtomically } from "../../files/atomic.js";
import { at } from "../../foundation/present.js";
import { writeModel } from "../../onnx/write.js";
import { fromScratch, networkNamed } from "../../train/network/networks.js";
import { exchangeBetween } from "../../train/step/exchange.js";
import { type TrainedNetwork, type TrainingData, type TrainingSettings, trainOnExamples } from "../../train/train.js";
import { trainedModel } from "../../train/trained-model.js";
import { measureAccuracy } from "../../train/validate.js";
import { runtime } from "../platform.js";
import type { Job } from "../terminal/job.js";
import type { AskedCue } from "./exchanged-cues.js";
import { groupsInOrder } from "./image-groups.js";
import { checkpointPath, removeCheckpoint, runTraining, startingPoint } from "./run-training.js";

export interface TrainModelOptions {
  readonly settings: TrainingSettings;
  /** Exchanged at random between the images that are learned from. Default: nothing. */
  readonly exchange?: readonly AskedCue[];
  /** The list of `--groups`. */
  readonly groups?: string | undefined;
  /** Share of the training images that each epoch is measured on; they are not learned from. */
  readonly validation: number;
  readonly out: string;
  readonly resume: boolean;
  readonly restart: boolean;
  /** The command line, for the metadata. */
  readonly command: string;
}

export interface TrainedModel {
  readonly result: TrainedNetwork;
  /** On the test images, measured once at the end; undefined when the training was stopped. */
  readonly testAccuracy: number | undefined;
}

/** Trains until done or interrupted by Ctrl-C; either way the last finished epoch is in `out`. */
export async function trainModel(job: Job, dataset: Dataset, options: TrainModelOptions): Promise<TrainedModel> {
  const { settings, validation, out } = options;
  const from = await startingPoint(options);
  const data = await trainingData(dataset, options);
  const { channels, height, width } = dataset.train;
  const shape = { channels, height, width, classes: dataset.classes.length };
  const trainable = fromScratch(networkNamed(settings.network), shape, settings);
  const { count } = data.train;
  const result = await runTraining(job, { settings, images: count, checkpoint: checkpointPath(out), from }, (...how) =>
    trainOnExamples(trainable, data, ...how),
  );
  const testAccuracy = result.finished
    ? (await measureAccuracy(result.graph, dataset.test, runtime)).accuracy
    : undefined;
  if (result.history.length > 0) {
    const provenance = { validation, testAccuracy, command: options.command, runtime: runtime.name };
    await writeFileAtomically(out, writeModel(trainedModel(dataset, count, result, provenance)));
    if (result.finished) await removeCheckpoint(out);
  }
  return { result, testAccuracy };
}

async function trainingData({ train }: Dataset, options: TrainModelOptions): Promise<TrainingData> {
  const { settings, validation, exchange = [], groups } = options;
  const everything = Array.from({ length: train.count }, (_, i) => i);
  const parts =
    validation > 0 ? splitIndices(train, validation, settings.seed) : { train: everything, validation: undefined };
  const images = take(train, parts.train);
  const examples = imageExamples(images);
  const all = groups === undefined ? undefined : await groupsInOrder(groups, train.count);
  const cues = exchange.map((cue) => cue.at([images.channels, images.height, images.width]));
  return {
    train: examples,
    validation: parts.validation && imageExamples(take(train, parts.validation)),
    groups: all && parts.train.map((index) => at(all.of, index)),
    vary: cues.length > 0 ? exchangeBetween(examples, cues) : undefined,
    boxes: images.boxes,
  };
}
