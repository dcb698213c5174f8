/** @file Trains a network on a data set, with progress, checkpoint and interruption, and writes the model file. */

import { access, readFile, rm } from "node:fs/promises";
import { type Dataset, split, writeFileAtomically } from "../data/index.js";
import { FoveaError } from "../error.js";
import { nodeRuntime } from "../node.js";
import { type Preprocessing, withModelCard, writeModel } from "../onnx/index.js";
import {
  type Checkpoint,
  decodeCheckpoint,
  encodeCheckpoint,
  measureAccuracy,
  type StepProgress,
  type TrainedNetwork,
  type TrainingSettings,
  trainNetwork,
} from "../train/index.js";
import { grouped, percent, progressBar } from "./console.js";

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

export const checkpointPath = (out: string): string => `${out}.checkpoint`;

/** Trains until done or interrupted (SIGINT); either way the last finished epoch is in `out`. */
export async function trainModel(dataset: Dataset, options: TrainModelOptions): Promise<TrainedModel> {
  const { settings, validation, out } = options;
  const from = await startingPoint(options);
  const parts =
    validation > 0 ? split(dataset.train, validation, settings.seed) : { train: dataset.train, validation: undefined };
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  process.once("SIGINT", interrupt);
  const bar = new TrainingBar(parts.train.count);
  let result: TrainedNetwork;
  try {
    result = await trainNetwork(parts.train, parts.validation, dataset.classes.length, settings, {
      runtime: nodeRuntime,
      signal: stop.signal,
      ...(from ? { from } : {}),
      onStep: (progress) => bar.step(progress),
      onEpoch: async (checkpoint) => {
        await writeFileAtomically(checkpointPath(out), encodeCheckpoint(checkpoint));
        bar.epoch(checkpoint);
      },
    });
  } finally {
    process.off("SIGINT", interrupt);
    bar.stop();
  }
  const testAccuracy = result.finished
    ? (await measureAccuracy(result.graph, dataset.test, nodeRuntime)).accuracy
    : undefined;
  if (result.history.length > 0) {
    await writeFileAtomically(out, modelFile(dataset, options, result, testAccuracy));
    if (result.finished) await rm(checkpointPath(out), { force: true });
  }
  return { result, testAccuracy };
}

/** An ordinary ONNX file with classes, preprocessing and provenance in its metadata. */
function modelFile(
  dataset: Dataset,
  { settings, validation, command }: TrainModelOptions,
  result: TrainedNetwork,
  testAccuracy: number | undefined,
): Uint8Array {
  const { channels, height, width } = dataset.train;
  const preprocessing: Preprocessing = {
    width,
    height,
    channels: channels === 1 ? 1 : 3,
    scale: 1 / 255,
    mean: Array(channels).fill(0),
    std: Array(channels).fill(1),
    ...(channels === 1 ? { ground: "dark" } : {}),
  };
  const provenance = {
    network: settings.network,
    data: dataset.name,
    source: dataset.source,
    trainingImages: dataset.train.count,
    validation,
    epochs: result.history.length,
    seed: settings.seed,
    testAccuracy,
    command,
    runtime: nodeRuntime.name,
    settings,
    history: result.history,
  };
  return writeModel(withModelCard(result.graph, { classes: dataset.classes, preprocessing, provenance }));
}

/** The checkpoint to go on from, if there is one to go on from. */
async function startingPoint({ settings, out, resume, restart }: TrainModelOptions): Promise<Checkpoint | undefined> {
  const path = checkpointPath(out);
  const exists = await access(path).then(
    () => true,
    () => false,
  );
  if (!exists && resume)
    throw new FoveaError("not-found", `${path}: --resume: expected the checkpoint of an unfinished training, got none`);
  if (!exists || restart) return undefined;
  if (!resume)
    throw new FoveaError(
      "bad-input",
      `${path}: an unfinished training is here: expected --resume to go on, or --restart to begin again`,
    );
  const checkpoint = decodeCheckpoint(await readFile(path), path);
  for (const key of Object.keys(settings) as (keyof TrainingSettings)[]) {
    const [was, is] = [checkpoint.settings[key], settings[key]].map((value) => JSON.stringify(value));
    if (was !== is)
      throw new FoveaError(
        "bad-input",
        `${path}: --resume: expected the settings it began with: ${key} was ${was}, got ${is}`,
      );
  }
  return checkpoint;
}

/** One bar per epoch, and a line that stays. */
class TrainingBar {
  readonly #images: number;
  #bar: ReturnType<typeof progressBar> | undefined;
  #began = 0;
  #first = performance.now();
  #startEpoch: number | undefined;

  constructor(images: number) {
    this.#images = images;
  }

  step({ epoch, epochs, step, steps, loss, accuracy }: StepProgress): void {
    const now = performance.now();
    if (this.#bar === undefined) this.#began = now;
    this.#startEpoch ??= epoch;
    const done = epoch - this.#startEpoch + step / steps;
    const left = ((now - this.#first) / done) * (epochs - epoch + 1 - step / steps);
    const rate = (this.#images * (step / steps)) / ((now - this.#began) / 1000);
    const values = {
      epoch,
      epochs,
      loss: loss.toFixed(4),
      accuracy: percent(accuracy),
      rate: Number.isFinite(rate) ? grouped(Math.round(rate)) : "-",
      left: duration(left / 1000),
    };
    this.#bar ??= progressBar(
      "epoch {epoch}/{epochs} [{bar}] loss {loss}, accuracy {accuracy}, {rate} images/s, {left} left",
      steps,
      values,
    );
    this.#bar.update(step, values);
  }

  epoch({ history, settings }: Checkpoint): void {
    this.stop();
    const last = history[history.length - 1];
    if (last === undefined) return;
    const validation = last.validationAccuracy === null ? "" : `, validation ${percent(last.validationAccuracy)}`;
    const line = `epoch ${last.epoch}/${settings.epochs}: loss ${last.trainLoss.toFixed(4)}, training ${percent(last.trainAccuracy)}${validation}, ${last.seconds.toFixed(1)} s`;
    process.stderr.write(`${line}\n`);
  }

  stop(): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }
}

export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
