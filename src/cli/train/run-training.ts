/** @file Runs a training with progress, a checkpoint after each epoch, and Ctrl-C that ends it in order. */

import { access, rm } from "node:fs/promises";
import { writeFileAtomically } from "../../files/atomic.js";
import { readInput } from "../../files/input/read-input.js";
import { isStream } from "../../files/write/destination.js";
import { FoveaError } from "../../foundation/error.js";
import { decodeCheckpoint, encodeCheckpoint } from "../../train/checkpoint.js";
import type { StartingPoint, TrainedNetwork, TrainingSettings, TrainOptions } from "../../train/train.js";
import { runtime } from "../platform.js";
import type { Job, OnProgress } from "../terminal/job.js";
import { TrainingProgress } from "./training-progress.js";

export interface RunTrainingOptions {
  readonly settings: TrainingSettings;
  /** Images of an epoch, for the rate that is shown. */
  readonly images: number;
  /** Where the checkpoint is kept. Default: nowhere. */
  readonly checkpoint?: string | undefined;
  /** Where to go on from. Default: begin. */
  readonly from?: StartingPoint | undefined;
}

/** Undefined where the model goes to a device or a pipe, which there is no place beside. */
export function checkpointPath(out: string): string | undefined {
  return isStream(out) ? undefined : `${out}.checkpoint`;
}

/** The model is written, and nothing is left to go on with. */
export async function removeCheckpoint(out: string): Promise<void> {
  const path = checkpointPath(out);
  if (path !== undefined) await rm(path, { force: true });
}

/** Trains until done or until Ctrl-C. The checkpoint stays until `removeCheckpoint`. */
export function runTraining(
  job: Job,
  { settings, images, checkpoint: path, from }: RunTrainingOptions,
  train: (settings: TrainingSettings, options: TrainOptions) => Promise<TrainedNetwork>,
): Promise<TrainedNetwork> {
  const run = (onProgress: OnProgress) => {
    const progress = new TrainingProgress(onProgress, images);
    return train(settings, {
      runtime,
      signal: job.signal,
      ...(from ? { from } : {}),
      onStep: (step) => progress.step(step),
      onEpoch: async (checkpoint) => {
        if (path !== undefined) await writeFileAtomically(path, encodeCheckpoint(checkpoint));
        progress.epoch(checkpoint);
      },
    });
  };
  return job.heed(() => advising(path, () => job.stage("training", run, from?.history.length)));
}

export interface StartOptions {
  readonly settings: TrainingSettings;
  readonly out: string;
  readonly resume: boolean;
  readonly restart: boolean;
}

/**
 * The checkpoint to go on from, if there is one to go on from.
 * @throws FoveaError `not-found`, `bad-input` where the user's settings contradict the checkpoint's
 */
export async function startingPoint({
  settings,
  out,
  resume,
  restart,
}: StartOptions): Promise<StartingPoint | undefined> {
  const path = checkpointPath(out);
  if (path === undefined) {
    if (!resume) return undefined;
    throw new FoveaError(
      "bad-input",
      `${out}: --resume: expected a file, which has a checkpoint beside it, got a device or a pipe`,
    );
  }
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
  const checkpoint = await advising(path, async () =>
    decodeCheckpoint(await readInput(path, "checkpoint", path), path),
  );
  checkSettings(checkpoint.settings, settings, path);
  return checkpoint;
}

/** Says of a checkpoint that cannot be gone on from what to do. */
async function advising<Result>(path: string | undefined, action: () => Promise<Result>): Promise<Result> {
  try {
    return await action();
  } catch (cause) {
    if (!(cause instanceof FoveaError && cause.code === "bad-file" && cause.message.startsWith(`${path}: `)))
      throw cause;
    throw new FoveaError(cause.code, `${cause.message}: --restart begins again`, { cause });
  }
}

/** Of a setting in a message: those of an augmentation fit. */
const mostCharacters = 200;

/** @throws FoveaError `bad-input` for settings that a training did not begin with */
function checkSettings(before: TrainingSettings, now: TrainingSettings, path: string): void {
  const [begun, asked] = [before, now].map((settings) => new Map<string, unknown>(Object.entries(settings)));
  for (const key of new Set([...(begun?.keys() ?? []), ...(asked?.keys() ?? [])])) {
    const [was = "none", is = "none"] = [begun?.get(key), asked?.get(key)].map((each) => JSON.stringify(each));
    if (was === is) continue;
    const expected = "expected the settings it began with";
    const got = `${key} was ${was.slice(0, mostCharacters)}, got ${is}`;
    throw new FoveaError("bad-input", `${path}: --resume: ${expected}: ${got}`);
  }
}
