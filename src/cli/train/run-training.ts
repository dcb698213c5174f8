/** @file Runs a training with a bar, a checkpoint after each epoch, and Ctrl-C that ends it in order. */

import { access, readFile } from "node:fs/promises";
import { writeFileAtomically } from "../../files/atomic.js";
import { FoveaError } from "../../foundation/error.js";
import { decodeCheckpoint, encodeCheckpoint } from "../../train/checkpoint.js";
import type { Checkpoint, TrainedNetwork, TrainingSettings, TrainOptions } from "../../train/train.js";
import { runtime } from "../platform.js";
import { TrainingBar } from "../terminal/training-bar.js";

export interface RunTrainingOptions {
  readonly settings: TrainingSettings;
  /** Images of an epoch, for the rate that is shown. */
  readonly images: number;
  /** Where the checkpoint is kept. Default: nowhere. */
  readonly checkpoint?: string | undefined;
  /** Where to go on from. Default: begin. */
  readonly from?: Checkpoint | undefined;
}

export const checkpointPath = (out: string): string => `${out}.checkpoint`;

/** Trains until done or interrupted (SIGINT). The checkpoint stays; whoever has written the model removes it. */
export async function runTraining(
  { settings, images, checkpoint: path, from }: RunTrainingOptions,
  train: (settings: TrainingSettings, options: TrainOptions) => Promise<TrainedNetwork>,
): Promise<TrainedNetwork> {
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  process.once("SIGINT", interrupt);
  const bar = new TrainingBar(images);
  try {
    return await train(settings, {
      runtime,
      signal: stop.signal,
      ...(from ? { from } : {}),
      onStep: (progress) => bar.step(progress),
      onEpoch: async (checkpoint) => {
        if (path !== undefined) await writeFileAtomically(path, encodeCheckpoint(checkpoint));
        bar.epoch(checkpoint);
      },
    });
  } finally {
    process.off("SIGINT", interrupt);
    bar.stop();
  }
}

export interface StartOptions {
  readonly settings: TrainingSettings;
  readonly out: string;
  readonly resume: boolean;
  readonly restart: boolean;
}

/**
 * The checkpoint to go on from, if there is one to go on from.
 * @throws FoveaError `not-found`, `bad-input` where what the user asks for and what is there do not go together
 */
export async function startingPoint({ settings, out, resume, restart }: StartOptions): Promise<Checkpoint | undefined> {
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
