/** @file How a training is shown while it runs: one bar per epoch, and a line that stays. */

import { count, duration, percent } from "../../foundation/words.js";
import type { Checkpoint, StepProgress } from "../../train/train.js";
import { progressBar } from "./console.js";

/** Seconds; of briefer epochs every tenth leaves a line. */
const briefest = 0.5;

export class TrainingBar {
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
      rate: Number.isFinite(rate) ? count(Math.round(rate)) : "-",
      left: duration(left),
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
    // A hundred epochs of a blink each need no hundred lines.
    if (last.seconds < briefest && last.epoch % 10 !== 0 && last.epoch < settings.epochs) return;
    const validation = last.validationAccuracy === null ? "" : `, validation ${percent(last.validationAccuracy)}`;
    const line = `epoch ${last.epoch}/${settings.epochs}: loss ${last.trainLoss.toFixed(4)}, training ${percent(last.trainAccuracy)}${validation}, ${last.seconds.toFixed(1)} s`;
    process.stderr.write(`${line}\n`);
  }

  stop(): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }
}
