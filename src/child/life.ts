/** @file One process of a child, from its start to its end. */

import type { ChildProcess } from "node:child_process";
import type { Socket } from "node:net";
import type { Readable } from "node:stream";
import type { Answer, Request } from "./answer-parent.js";
import type { Death } from "./death.js";
import { launch } from "./launch.js";

/** Characters of what the process writes that are kept. */
const mostNoise = 4000;

/** Milliseconds that the start of a process may take on a machine that does other work. */
const startTime = 60_000;

/** The longest time that a timer takes, in milliseconds. */
const longest = 2 ** 31 - 1;

export interface PutOptions {
  readonly seconds: number;
  readonly signal?: AbortSignal | undefined;
}

/** It does not keep this process from ending; a request that waits for its answer does. */
export class Life {
  readonly #child: ChildProcess;
  readonly #death: Promise<Death>;
  readonly #starts: Promise<undefined>;
  #isOver = false;
  #reason: Death["reason"];
  #noise = "";
  #held = "";

  /** @param bytes that it may hold */
  constructor(module: URL, bytes: number) {
    this.#child = launch(module, bytes);
    this.#death = this.#dies();
    this.#starts = new Promise((resolve) => this.#child.once("message", () => resolve(undefined)));
    const [, , errors, , lifeline] = this.#child.stdio as [null, null, Readable & Socket, null, Socket];
    errors.on("data", (text) => {
      this.#noise = `${this.#noise}${text}`.slice(-mostNoise);
    });
    lifeline.on("data", (text) => {
      this.#held += text;
    });
    // A write to a process that just ended.
    lifeline.on("error", () => undefined);
    for (const held of [this.#child, this.#child.channel, errors, lifeline]) held?.unref();
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** How it ended, once it has. */
  get death(): Promise<Death> {
    return this.#death;
  }

  /** Whether it takes no request any more. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** The answer, or how the process ended before it had one. The time counts from when the process has started. */
  async put(request: Request, { seconds, signal }: PutOptions): Promise<Answer | Death> {
    const stop = () => void this.end("stopped");
    signal?.addEventListener("abort", stop);
    try {
      const death = await this.#within(startTime, this.#starts);
      if (death) return death;
      const answer = new Promise<Answer>((resolve) => this.#child.once("message", resolve));
      this.#child.send(request, (error) => error && this.end());
      return await this.#within(1000 * seconds, answer);
    } finally {
      signal?.removeEventListener("abort", stop);
    }
  }

  /** What is awaited, or the death of the process, which comes when the time is up. */
  async #within<Awaited>(milliseconds: number, awaited: Promise<Awaited>): Promise<Awaited | Death> {
    let waits = true;
    // What came while this process was busy is heard before the time is up.
    const tooLong = () => setImmediate(() => waits && this.end("time"));
    const timer = setTimeout(tooLong, Math.min(milliseconds, longest));
    try {
      return await held(Promise.race([awaited, this.#death]));
    } finally {
      waits = false;
      clearTimeout(timer);
    }
  }

  /** Ends it, whatever it is doing. */
  async end(reason?: Death["reason"]): Promise<void> {
    this.#isOver = true;
    this.#reason ??= reason;
    this.#child.kill("SIGKILL");
    await held(this.#death);
  }

  #dies(): Promise<Death> {
    return new Promise((resolve) => {
      const over = (code: number | null, signal: string | null) => {
        this.#isOver = true;
        const held = this.#held === "" ? undefined : Number(this.#held);
        resolve({ reason: this.#reason, code, signal, held, noise: this.#noise });
      };
      this.#child.once("disconnect", () => {
        this.#isOver = true;
      });
      this.#child.once("close", over);
      // It could not be started.
      this.#child.on("error", ({ message }) => {
        this.#noise ||= message;
        if (this.#child.pid === undefined) over(null, null);
      });
    });
  }
}

/** Keeps this process from ending while it waits. */
async function held<Result>(work: Promise<Result>): Promise<Result> {
  const holding = setInterval(() => undefined, longest);
  try {
    return await work;
  } finally {
    clearInterval(holding);
  }
}
