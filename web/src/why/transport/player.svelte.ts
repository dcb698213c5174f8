/** @file How many of some steps have been taken: played, stepped through, or scrubbed. */

/** Milliseconds that all steps together take. */
const wholeShow = 6000;
/** Milliseconds of the fastest steps. */
const fastest = 80;

export class Player {
  readonly #total: () => number;
  /** More than there are is all of them. */
  joined = $state(Number.POSITIVE_INFINITY);
  playing = $state(false);
  #timer: ReturnType<typeof setInterval> | undefined;

  /** @param total how many steps there are by now */
  constructor(total: () => number) {
    this.#total = total;
  }

  get total(): number {
    return this.#total();
  }

  get count(): number {
    return Math.min(this.joined, this.total);
  }

  /** To so many steps; all of them stay all when there are more. */
  seek(count: number): void {
    this.pause();
    this.joined = count >= this.total ? Number.POSITIVE_INFINITY : Math.max(count, 0);
  }

  step(by: number): void {
    this.seek(this.count + by);
  }

  play(): void {
    if (this.playing) {
      this.pause();
      return;
    }
    if (this.count >= this.total) this.joined = 0;
    this.playing = true;
    this.#timer = setInterval(
      () => {
        this.joined = this.count + 1;
        if (this.count >= this.total) this.pause();
      },
      Math.max(fastest, wholeShow / Math.max(1, this.total)),
    );
  }

  pause(): void {
    this.playing = false;
    clearInterval(this.#timer);
  }
}
