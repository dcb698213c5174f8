/** @file A gate that a loop passes between two rounds: open, or closed and opened for one round at a time. */

export class Gate {
  #closed: boolean;
  #let: (() => void) | undefined;

  constructor(closed: boolean) {
    this.#closed = closed;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Resolves when the loop may go on. */
  async pass(): Promise<void> {
    if (!this.#closed) return;
    await new Promise<void>((resolve) => {
      this.#let = resolve;
    });
    this.#let = undefined;
  }

  close(): void {
    this.#closed = true;
  }

  open(): void {
    this.#closed = false;
    this.#let?.();
  }

  /** Lets a waiting loop through, and stays closed behind it. */
  once(): void {
    this.#let?.();
  }
}
