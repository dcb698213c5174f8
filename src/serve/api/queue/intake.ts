/** @file Which requests are let in: as many as can wait, and none once the server stops. */

import { unavailable } from "../refusal.js";
import { Ticket, type TicketOptions } from "./ticket.js";

export interface IntakeOptions {
  /** Images that may wait. */
  readonly maxQueue: number;
  /** Bytes of all requests that are in. */
  readonly maxBytes: number;
  /** How many images wait. */
  readonly waiting: () => number;
}

const full = "the server: expected room for another request, got a full queue: try again";

export class Intake {
  readonly #options: IntakeOptions;
  readonly #inside = new Set<Ticket>();
  /** Those whose images are not known yet. */
  readonly #reading = new Set<Ticket>();
  #bytes = 0;
  #isStopping = false;
  #left: (() => void) | undefined;

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  get isStopping(): boolean {
    return this.#isStopping;
  }

  /** Lets a request in, before its body is read. @throws Refusal 503 */
  enter(options: TicketOptions): Ticket {
    this.#checkOpen();
    const { maxQueue, maxBytes, waiting } = this.#options;
    const isFull = waiting() + this.#reading.size >= maxQueue || this.#bytes + options.bytes > maxBytes;
    if (isFull) throw unavailable(full);
    const ticket = new Ticket(options);
    this.#inside.add(ticket);
    this.#reading.add(ticket);
    this.#bytes += ticket.bytes;
    return ticket;
  }

  /** Its body is read, and its images are to wait. @throws Refusal 503 where there is no room for all of them */
  accept(ticket: Ticket, images: number): void {
    this.#reading.delete(ticket);
    ticket.images = images;
    const { maxQueue, waiting } = this.#options;
    if (waiting() + images > maxQueue) throw unavailable(full);
  }

  leave(ticket: Ticket): void {
    if (!this.#inside.delete(ticket)) return;
    this.#reading.delete(ticket);
    this.#bytes -= ticket.bytes;
    ticket.end();
    if (this.#inside.size === 0) this.#left?.();
  }

  /** Lets nobody in from now on, and waits until all who are in have left. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    if (this.#inside.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#left = resolve;
    });
  }

  #checkOpen(): void {
    if (this.#isStopping) throw unavailable("the server: expected one that runs on, got one that stops: ask another");
  }
}
