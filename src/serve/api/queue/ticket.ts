/** @file One request from its arrival to its answer: how long it may take, and whether somebody waits for it still. */

import { Refusal } from "../refusal.js";

export interface TicketOptions {
  /** Milliseconds from the arrival on. */
  readonly deadline: number;
  /** Bytes of memory that it may take. */
  readonly bytes: number;
}

export class Ticket {
  readonly arrived = performance.now();
  /** When nobody waits any more, in milliseconds since 1970. */
  readonly until: number;
  readonly bytes: number;
  /** Images that were found in it, for the log. */
  images = 0;
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;

  constructor({ deadline, bytes }: TicketOptions) {
    this.bytes = bytes;
    this.until = Date.now() + deadline;
    const sentence = `the request: expected a result within ${deadline} ms, got none in that time`;
    this.#timer = setTimeout(() => this.#controller.abort(new Refusal(504, sentence)), deadline);
    this.#timer.unref();
  }

  /** Aborted when the time is up, or the client has gone. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The answer is sent, or nobody waits for it. */
  end(): void {
    clearTimeout(this.#timer);
    this.#controller.abort(new Refusal(499, "the request: its client went away"));
  }
}
