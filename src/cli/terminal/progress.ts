/** @file How far work is: a bar on a terminal, in a log a line every few seconds. */

import { count, duration, percent } from "../../foundation/words.js";
import { bar } from "./bar.js";
import type { Screen } from "./screen.js";

/** Milliseconds between two lines of a log, and between two drawings of a bar. */
const logInterval = 5000;
const drawInterval = 100;

/** A stage of a job that tells how far it is. */
export interface Stage {
  /** @param text says it in words. Default `12 of 100` */
  update(done: number, total: number, text?: string): void;
  /** Takes the bar away; later updates do nothing. */
  end(): void;
}

export class Progress {
  readonly #screen: Screen;
  readonly #now: () => number;
  /** When the last line of the log was due: the first one comes after as long as every other. */
  #logged: number;

  /** @param now a clock in milliseconds */
  constructor(screen: Screen, now: () => number) {
    this.#screen = screen;
    this.#now = now;
    this.#logged = now();
  }

  /**
   * @param what is done, e.g. `explaining`
   * @param from how much an earlier run has done: it took this one no time
   */
  begin(what: string, from = 0): Stage {
    const began = this.#now();
    let [lastDraw, ended] = [Number.NEGATIVE_INFINITY, false];
    return {
      update: (done, total, text = `${count(done)} of ${count(total)}`) => {
        const now = this.#now();
        const due = this.#screen.hasStatus ? now - lastDraw >= drawInterval : now - this.#logged >= logInterval;
        if (ended || !due) return;
        lastDraw = now;
        const share = total > 0 ? done / total : 1;
        const left = timeLeft(now - began, done - from, total - done);
        if (this.#screen.hasStatus) this.#screen.setStatus(`${what} ${bar(share)} ${text}${left}`);
        else {
          this.#logged = now;
          this.#screen.note(`${what}: ${text} (${percent(share, 0)})${left}`);
        }
      },
      end: () => {
        if (!ended) this.#screen.setStatus("");
        ended = true;
      },
    };
  }
}

/** Told once something is done: the rest takes as long for each part. */
function timeLeft(elapsed: number, done: number, remaining: number): string {
  return done > 0 && remaining > 0 ? `, ${duration((elapsed / done) * remaining)} left` : "";
}
