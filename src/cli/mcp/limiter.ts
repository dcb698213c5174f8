/** @file Work of which only so much is done at a time; what waits can be broken off. */

export class Limiter {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  /** @param most at a time */
  constructor(most: number) {
    this.#free = most;
  }

  /** @throws the signal's reason, where it aborts before the work begins */
  async run<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      signal.throwIfAborted();
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free++;
    }
  }
}
