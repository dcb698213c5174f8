/**
 * @file Runs every command as one job, which shows progress, hears Ctrl-C and its like, keeps failures and results, and ends with an exit
 * code.
 */

import { type DeviceFlags, deviceFrom } from "../options/device-option.js";
import { type IsolationFlags, limitsFrom } from "../options/isolation-options.js";
import { failureOf } from "./failure.js";
import { Interrupt, type InterruptSource, processInterrupts } from "./interrupt.js";
import { screen as processScreen } from "./print.js";
import { Progress, type Stage } from "./progress.js";
import type { Screen, Showing } from "./screen.js";
import { isStandardOutput } from "./standard-output.js";

/** Exit codes: 0 done, 1 some of it failed, 2 bad input, 3 nothing verified or proved, 70 a fault of Fovea itself, 130 Ctrl-C; see `Job.stoppedCode`. */
export const exitCodes = { done: 0, partly: 1, badInput: 2, nothingProved: 3, fault: 70, interrupted: 130 } as const;

/** Text for people; `json`: one object in the end; `jsonl`: a line for each input as it comes. */
export type OutputFormat = "text" | "json" | "jsonl";

export interface OutputFlags {
  readonly json?: boolean | undefined;
  readonly jsonl?: boolean | undefined;
  readonly quiet?: boolean | undefined;
  /** Where results go; `-` is standard output. */
  readonly out?: string | undefined;
}

/** The surroundings of a job. Default: those of this process. */
export interface JobSurroundings {
  readonly screen?: Screen;
  readonly interrupts?: InterruptSource;
  /** A clock in milliseconds. */
  readonly now?: () => number;
}

export type OnProgress = Stage["update"];

export interface EachOptions {
  /** The work, e.g. `explaining`. */
  readonly what: string;
  readonly total: number;
}

/** How a job came out. */
export interface Outcome {
  /** Follows the number of failures, e.g. `of 12 inputs failed`. */
  readonly failed?: string;
  /** Further lines for stderr. */
  readonly notes?: readonly string[];
  /** The line for a job that was interrupted. */
  readonly stopped?: string;
  /** No input gave a result. Default false. */
  readonly nothing?: boolean;
  /** Something besides inputs failed. Default false. */
  readonly partly?: boolean;
}

export class Job {
  readonly format: OutputFormat;
  /** The results so far, for the object in the end. Only with the format `json`. */
  readonly records: unknown[] = [];
  /** Why single inputs failed, a line for each. */
  readonly failures: string[] = [];
  readonly #screen: Screen;
  readonly #progress: Progress;
  readonly #interrupt: Interrupt;

  constructor(
    { json = false, jsonl = false }: OutputFlags = {},
    { screen = processScreen, interrupts = processInterrupts, now = () => performance.now() }: JobSurroundings = {},
  ) {
    this.format = jsonl ? "jsonl" : json ? "json" : "text";
    this.#screen = screen;
    this.#progress = new Progress(screen, now);
    this.#interrupt = new Interrupt(interrupts);
  }

  /** Aborted by Ctrl-C during `heed` and `each`. */
  get signal(): AbortSignal {
    return this.#interrupt.signal;
  }

  get interrupted(): boolean {
    return this.signal.aborted;
  }

  /** The exit code of a job that was interrupted: 130 by Ctrl-C, 143 by SIGTERM, 129 by SIGHUP. */
  get stoppedCode(): number {
    return this.#interrupt.code;
  }

  /** Runs work that ends in order once `signal` is aborted. Outside of it Ctrl-C ends the program at once. */
  heed<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.#interrupt.heed(work);
  }

  /** Lasts until Ctrl-C. */
  untilInterrupted(): Promise<void> {
    return this.heed(
      () =>
        new Promise((resolve) => {
          if (this.interrupted) resolve();
          else this.signal.addEventListener("abort", () => resolve(), { once: true });
        }),
    );
  }

  /**
   * Runs work that tells how far it is.
   * @param from how much of it an earlier run has done
   */
  async stage<Result>(what: string, work: (onProgress: OnProgress) => Promise<Result>, from = 0): Promise<Result> {
    const stage = this.#progress.begin(what, from);
    try {
      return await work(stage.update);
    } finally {
      stage.end();
    }
  }

  /**
   * Goes through inputs as they come. After Ctrl-C no other one is begun, and work that `signal` breaks off is no error.
   * @param inputs begins to read them
   * @param work may return how many inputs that was. Default 1
   */
  each<Input>(
    { what, total }: EachOptions,
    inputs: (onProgress: OnProgress) => AsyncIterable<Input>,
    work: (input: Input, onProgress: OnProgress) => Promise<number | undefined> | number | undefined,
  ): Promise<void> {
    const pass = async (onProgress: OnProgress) => {
      let done = 0;
      for await (const input of inputs(onProgress)) {
        done += (await work(input, onProgress)) ?? 1;
        onProgress(done, total);
        if (this.interrupted) return;
      }
    };
    return this.heed(async () => {
      try {
        await this.stage(what, pass);
      } catch (error) {
        if (!this.#isInterruption(error)) throw error;
      }
    });
  }

  /** A result for programs: printed as it comes, or kept for the end; of no use to people. */
  record(...results: readonly unknown[]): void {
    if (this.format === "jsonl") for (const result of results) this.#screen.printJson(result, 0);
    if (this.format === "json") this.records.push(...results);
  }

  /** A line for people, beside the results. */
  note(line: string): void {
    this.#screen.note(line);
  }

  /** Notes an input's error for the end; the others go on. */
  fail(...failures: readonly string[]): void {
    this.failures.push(...failures);
  }

  /** Notes the error. @returns the exit code */
  end({ failed = "failed", notes = [], stopped, nothing = false, partly = false }: Outcome = {}): number {
    for (const failure of this.failures) this.#screen.error(`fovea: ${failure}`);
    if (this.failures.length > 0) this.#screen.error(`fovea: ${this.failures.length} ${failed}`);
    for (const each of notes) this.#screen.note(each);
    if (this.interrupted) {
      if (stopped !== undefined) this.#screen.error(stopped);
      return this.stoppedCode;
    }
    if (nothing) return exitCodes.badInput;
    return this.failures.length > 0 || partly ? exitCodes.partly : exitCodes.done;
  }

  /**
   * Runs the command. What is wrong with its input, or with the machine, becomes one line.
   * @returns the exit code
   * @throws errors of Fovea itself
   */
  async run(command: (job: Job) => Promise<number | undefined>): Promise<number> {
    try {
      return (await command(this)) ?? exitCodes.done;
    } catch (error) {
      if (this.#isInterruption(error)) {
        this.#screen.error("fovea: stopped");
        return this.stoppedCode;
      }
      const { message, isInternal } = failureOf(error);
      if (isInternal) throw error;
      this.#screen.error(`fovea: ${message}`);
      return exitCodes.badInput;
    }
  }

  #isInterruption(error: unknown): boolean {
    return this.interrupted && error === this.signal.reason;
  }
}

/**
 * Runs a command as this process, whose exit code it decides.
 * @param narrates what it prints as text only tells of files that it writes
 */
export async function runJob(
  flags: OutputFlags & IsolationFlags & DeviceFlags,
  command: (job: Job) => Promise<number | undefined>,
  { narrates = false }: Pick<Showing, "narrates"> = {},
): Promise<void> {
  const { quiet = false, out = "", json, jsonl } = flags;
  processScreen.show({ quiet, narrates, piped: isStandardOutput(out) && !json && !jsonl });
  process.exitCode = await new Job(flags).run(async (job) => {
    const onDevice = (sentence: string) => job.note(sentence);
    // Help is shown without it.
    const { computeOn } = await import("../platform.js");
    computeOn({ limits: limitsFrom(flags), device: deviceFrom(flags), onDevice });
    return command(job);
  });
}
