/**
 * @file Ctrl-C, and the signals of a system that shuts down or a terminal that is closed: the first one ends work in order, the
 * second one ends the program at once.
 */

import { constants } from "node:os";
import { removeTemporaries, watchTemporaries } from "../../files/write/temporary.js";

/** Signals that end work in order. SIGINT is Ctrl-C. */
const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export type EndingSignal = (typeof signals)[number];

type Listener = (signal: EndingSignal) => void;

/** How a process hears of Ctrl-C and its like. Where nothing listens, they end the program. */
export interface InterruptSource {
  listen(listener: Listener): void;
  unlisten(listener: Listener): void;
}

/** The exit code of a program that a signal ended, as shells tell it: 130 for Ctrl-C. */
export function signalCode(signal: EndingSignal): number {
  return 128 + constants.signals[signal];
}

const listeners = new Set<Listener>();
let [isWriting, isHearing] = [false, false];

/** The signals of this process. */
export const processInterrupts: InterruptSource = {
  listen(listener) {
    listeners.add(listener);
    listenIfNeeded();
  },
  unlisten(listener) {
    listeners.delete(listener);
    listenIfNeeded();
  },
};

/** Ends work in order as Ctrl-C does. @returns whether there was any */
export function interruptWork(): boolean {
  const heeding = [...listeners];
  for (const listener of heeding) listener("SIGINT");
  return heeding.length > 0;
}

/** Files that are being written go with the program, whichever way it ends. */
export function leaveNothingHalfWritten(): void {
  watchTemporaries({
    begin() {
      isWriting = true;
      listenIfNeeded();
    },
    end() {
      isWriting = false;
      listenIfNeeded();
    },
  });
}

/** A listener is not called while a network runs, so there is one only where it has something to do: else the system ends the program. */
function listenIfNeeded(): void {
  const isNeeded = listeners.size > 0 || isWriting;
  if (isNeeded === isHearing) return;
  isHearing = isNeeded;
  for (const signal of signals) {
    if (isNeeded) process.on(signal, hear);
    else process.off(signal, hear);
  }
}

function hear(signal: EndingSignal = "SIGINT"): void {
  const heeding = [...listeners];
  for (const listener of heeding) listener(signal);
  if (heeding.length > 0) return;
  removeTemporaries();
  process.exit(signalCode(signal));
}

export class Interrupt {
  readonly #source: InterruptSource;
  readonly #controller = new AbortController();
  #heeding = 0;
  #heard: EndingSignal = "SIGINT";

  constructor(source: InterruptSource) {
    this.#source = source;
  }

  /** Aborted by the first Ctrl-C that comes while something heeds it. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The exit code for what came. */
  get code(): number {
    return signalCode(this.#heard);
  }

  /** Runs work that ends in order once the signal is aborted. Nothing listens outside of such work, or after the first Ctrl-C. */
  async heed<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#heeding++ === 0 && !this.signal.aborted) this.#source.listen(this.#abort);
    try {
      return await work();
    } finally {
      if (--this.#heeding === 0) this.#source.unlisten(this.#abort);
    }
  }

  // While a network runs no listener is called: the second Ctrl-C must find none.
  readonly #abort = (signal: EndingSignal = "SIGINT"): void => {
    this.#heard = signal;
    this.#source.unlisten(this.#abort);
    this.#controller.abort();
  };
}
