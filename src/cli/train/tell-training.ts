/** @file Tells how a training ended. */

import { existsSync } from "node:fs";
import type { TrainedNetwork } from "../../train/train.js";
import { note, printJson } from "../terminal/print.js";
import { checkpointPath } from "./run-training.js";

/** In milliseconds, over all epochs. */
export function trainingTime(result: TrainedNetwork): number {
  return 1000 * secondsOf(result);
}

function secondsOf({ history }: TrainedNetwork): number {
  return history.reduce((total, epoch) => total + epoch.seconds, 0);
}

/** Prints a training for programs. */
export function printTraining(result: TrainedNetwork, about: Readonly<Record<string, unknown>>): void {
  const { finished, settings, history } = result;
  printJson({ ...about, finished, seconds: secondsOf(result), settings, history });
}

/** Notes where a training stopped, and how it goes on. */
export function noteStopped({ history, settings }: TrainedNetwork, out: string): void {
  const place = history.length > 0 ? `${out} holds it; ` : "";
  const at = `stopped after epoch ${history.length} of ${settings.epochs}`;
  const checkpoint = checkpointPath(out);
  // The head that stages are unfrozen behind takes seconds: it leaves none.
  const how =
    checkpoint !== undefined && existsSync(checkpoint)
      ? `--resume goes on from ${checkpoint}`
      : "the same command begins again";
  note(`${at}: ${place}${how}`);
}
