/** @file Shows a training while it runs, and leaves a line for each epoch. */

import { count, percent } from "../../foundation/words.js";
import type { Checkpoint, StepProgress } from "../../train/train.js";
import type { OnProgress } from "../terminal/job.js";
import { note } from "../terminal/print.js";

/** Seconds; of briefer epochs every tenth leaves a line. */
const briefest = 0.5;

export class TrainingProgress {
  readonly #onProgress: OnProgress;
  readonly #images: number;
  #epochBegan = performance.now();

  /** @param images of an epoch */
  constructor(onProgress: OnProgress, images: number) {
    this.#onProgress = onProgress;
    this.#images = images;
  }

  step({ epoch, epochs, step, steps, loss, accuracy }: StepProgress): void {
    const seconds = (performance.now() - this.#epochBegan) / 1000;
    const rate = count(Math.round((this.#images * (step / steps)) / seconds));
    const text = `epoch ${epoch} of ${epochs}, loss ${loss.toFixed(4)}, accuracy ${percent(accuracy)}, ${rate} images/s`;
    this.#onProgress(epoch - 1 + step / steps, epochs, text);
  }

  epoch({ history, settings }: Checkpoint): void {
    this.#epochBegan = performance.now();
    const last = history.at(-1);
    if (last === undefined) return;
    // A hundred epochs of a blink each need no hundred lines.
    if (last.seconds < briefest && last.epoch % 10 !== 0 && last.epoch < settings.epochs) return;
    const validation = last.validationAccuracy === null ? "" : `, validation ${percent(last.validationAccuracy)}`;
    const training = `loss ${last.trainLoss.toFixed(4)}, training ${percent(last.trainAccuracy)}`;
    note(`epoch ${last.epoch}/${settings.epochs}: ${training}${validation}, ${last.seconds.toFixed(1)} s`);
  }
}
