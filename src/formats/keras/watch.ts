/** @file Calls of a library that may never return: damaged HDF5 files send it into endless loops, in which it reads nothing. */

export type Library = typeof import("h5wasm");

/** What can break off a computation of this process. */
export interface Watch {
  /** Seconds that the reading of a file may compute for nothing. */
  readonly seconds: number;
  /** The library; another copy of it than one that was broken off, which is in the midst of something. */
  load(): Promise<Library>;
  /** Does work. @throws BrokenOff when it has taken so many milliseconds */
  within<Result>(milliseconds: number, work: () => Result): Result;
  /** Milliseconds that this process has computed so far. */
  computed(): number;
}

/** Work was ended by its watch. */
export class BrokenOff extends Error {
  override readonly name = "BrokenOff";
}

/** Waits for as long as it takes. */
export const noWatch: Watch = {
  seconds: Number.POSITIVE_INFINITY,
  load: () => import("h5wasm"),
  within: (_, work) => work(),
  computed: () => 0,
};

/** Milliseconds of computing that any call may take, and bytes of an array that may take another one: some ten times what is usual. */
const usual = { call: 20, bytes: 2 ** 14 } as const;

/**
 * The calls for one file. Together they may compute for some seconds beyond what such calls need. Time in which the disk is read, or
 * others compute, does not count: whether a call that was broken off had computed at all is asked of the system's clock of computing.
 */
export class Calls {
  readonly #watch: Watch;
  readonly #stretch: number;
  /** Milliseconds of computing. */
  #left: number;
  #paused = 0;
  #isOver = false;
  #isEndless = false;

  /** @param stretch how much longer a call may take than it may compute */
  constructor(watch: Watch, stretch: number) {
    this.#watch = watch;
    this.#stretch = stretch;
    this.#left = 1000 * watch.seconds;
  }

  library(): Promise<Library> {
    return this.#watch.load();
  }

  /** Whether a call was broken off, and the library can no longer be used. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Whether the call that was broken off computed, and did not wait. */
  get isEndless(): boolean {
    return this.#isEndless;
  }

  /**
   * Calls the library.
   * @param bytes that it copies
   * @throws BrokenOff
   */
  readonly run = <Result>(work: () => Result, bytes = 0): Result => {
    const needed = usual.call + bytes / usual.bytes;
    const began = this.#clock();
    const excess = () => Math.max(0, this.#clock() - began - needed);
    try {
      return this.#watch.within(this.#stretch * (this.#left + needed), work);
    } catch (error) {
      this.#isOver = error instanceof BrokenOff;
      this.#isEndless = this.#isOver && excess() >= this.#left / 2;
      throw error;
    } finally {
      this.#left = Math.max(0, this.#left - excess());
    }
  };

  /** Reads for the library, in one of its calls. */
  pause<Result>(reading: () => Result): Result {
    const began = this.#watch.computed();
    try {
      return reading();
    } finally {
      this.#paused += this.#watch.computed() - began;
    }
  }

  #clock(): number {
    return this.#watch.computed() - this.#paused;
  }
}
