/** @file Gives up what comes too slowly: nothing for a while, or less than a least rate. */

/** How slowly something may come. */
export interface LeastPace {
  /** Milliseconds without a byte. */
  readonly patience: number;
  /** Bytes a second, over twice the patience. */
  readonly leastRate: number;
}

/** Watches how something comes. */
export class Pace {
  readonly #stop = new AbortController();
  readonly #silence: NodeJS.Timeout;
  readonly #rate: NodeJS.Timeout;
  #bytes = 0;

  constructor({ patience, leastRate }: LeastPace) {
    this.#silence = setTimeout(() => this.#stop.abort(`nothing for ${patience / 1000} s`), patience);
    const seconds = (2 * patience) / 1000;
    this.#rate = setInterval(() => {
      if (this.#bytes < leastRate * seconds) this.#stop.abort(`only ${this.#bytes} bytes in ${seconds} s`);
      this.#bytes = 0;
    }, 1000 * seconds);
  }

  /** Aborted when it comes too slowly; the reason is a text. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  came(bytes: number): void {
    this.#bytes += bytes;
    this.#silence.refresh();
  }

  /** Stops watching, and whatever still comes. */
  end(): void {
    clearTimeout(this.#silence);
    clearInterval(this.#rate);
    this.#stop.abort("ended");
  }
}
