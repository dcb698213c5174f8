/** @file Ctrl-C: the first one ends work in order, the second one ends the program at once. */

/** How a process hears of Ctrl-C. Where nothing listens, it ends the program. */
export interface InterruptSource {
  listen(listener: () => void): void;
  unlisten(listener: () => void): void;
}

/** SIGINT of this process. */
export const processInterrupts: InterruptSource = {
  listen: (listener) => process.on("SIGINT", listener),
  unlisten: (listener) => process.off("SIGINT", listener),
};

export class Interrupt {
  readonly #source: InterruptSource;
  readonly #controller = new AbortController();
  #heeding = 0;

  constructor(source: InterruptSource) {
    this.#source = source;
  }

  /** Aborted by the first Ctrl-C that comes while something heeds it. */
  get signal(): AbortSignal {
    return this.#controller.signal;
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
  readonly #abort = (): void => {
    this.#source.unlisten(this.#abort);
    this.#controller.abort();
  };
}
