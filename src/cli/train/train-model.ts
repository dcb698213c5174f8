/** @file Trains a network from scratch on a dataset in memory, and writes the model file. */

import type { Dataset } from "../../data/dataset.js";
import { split } from "../../data/subsets.js";
import { writeFileAtomically } from "../../files/atomic.js";
import { writeModel } from "../../onnx/write.js";
import { type TrainedNetwork, type TrainingSettings, trainNetwork } from "../../train/train.js";
import { trainedModel } from "../../train/trained-model.js";
import { measureAccuracy } from "../../train/validate.js";
import { runtime } from "../platform.js";
import type { Job } from "../terminal/job.js";
import { checkpointPath, removeCheckpoint, runTraining, startingPoint } from "./run-training.js";

export interface TrainModelOptions {
  readonly settings: TrainingSettings;
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
  const parts =
    validation > 0 ? split(dataset.train, validation, settings.seed) : { train: dataset.train, validation: undefined };
  const result = await runTraining(
    job,
    { settings, images: parts.train.count, checkpoint: checkpointPath(out), from },
    (...how) => trainNetwork(parts.train, parts.validation, dataset.classes.length, ...how),
  );
  const testAccuracy = result.finished
    ? (await measureAccuracy(result.graph, dataset.test, runtime)).accuracy
    : undefined;
  if (result.history.length > 0) {
    const provenance = { validation, testAccuracy, command: options.command, runtime: runtime.name };
    await writeFileAtomically(out, writeModel(trainedModel(dataset, parts.train.count, result, provenance)));
    if (result.finished) await removeCheckpoint(out);
  }
  return { result, testAccuracy };
}
