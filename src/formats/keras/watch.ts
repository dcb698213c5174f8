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

/** Bytes of a file that may take another millisecond; a tenth of what is read in that time. */
const bytesOfFile = 2 ** 16;

/** What a call may compute, in milliseconds, and how many bytes of an array may take another one; ten times what is usual. */
const usual = { call: 20, bytes: 2 ** 14 } as const;

/** Between two calls no time counts. */
const noCall = { began: Number.POSITIVE_INFINITY, needed: 0 };

/**
 * The calls for one file. Together they may compute for some seconds beyond what such calls need. To wait for a disk, or for others that
 * compute, is no fault of the file: when the reading was broken off, the system's clock of computing tells what it did.
 */
export class Calls {
  readonly #watch: Watch;
  readonly #stretch: number;
  /** Milliseconds that calls may still compute beyond what they need. */
  #left: number;
  /** The call that goes on, or was broken off: when it began, and what it may compute. */
  #call = noCall;
  /** When the read of the disk that goes on began. */
  #reads: number | undefined;
  #waited = 0;

  /** @param stretch how many times longer the reading may take than it may compute */
  constructor(watch: Watch, stretch: number) {
    this.#watch = watch;
    this.#stretch = stretch;
    this.#left = 1000 * watch.seconds;
  }

  /** Whether the call that was broken off computed for too long. */
  get isEndless(): boolean {
    return this.#excess() >= this.#left / 2;
  }

  library(): Promise<Library> {
    return this.#watch.load();
  }

  /**
   * Does all that is done with a file, calls included.
   * @param byteLength of the file
   * @throws BrokenOff; then no line of the work is run any more, those that clean up included
   */
  all<Result>(byteLength: number, work: () => Result): Result {
    return this.#watch.within(this.#stretch * (this.#left + byteLength / bytesOfFile), work);
  }

  /** Calls the library. @param bytes that it copies */
  readonly run = <Result>(work: () => Result, bytes = 0): Result => {
    this.#call = { began: this.#clock(), needed: usual.call + bytes / usual.bytes };
    const result = work();
    this.#left -= Math.max(0, this.#excess());
    this.#call = noCall;
    return result;
  };

  /** Reads the disk for the library, which counts as a millisecond of computing at most. */
  read<Result>(reading: () => Result): Result {
    this.#reads = this.#watch.computed();
    const result = reading();
    this.#waited += Math.max(0, this.#watch.computed() - this.#reads - 1);
    this.#reads = undefined;
    return result;
  }

  #excess(): number {
    const { began, needed } = this.#call;
    return this.#clock() - began - needed;
  }

  #clock(): number {
    return (this.#reads ?? this.#watch.computed()) - this.#waited;
  }
}
