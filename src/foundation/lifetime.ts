/** @file The lifetime of a resource: it refuses work once it is closed, and closes when its work is done. */

import { FoveaError } from "./error.js";

export class Lifetime {
  readonly #what: string;
  readonly #running = new Set<Promise<unknown>>();
  #closing: Promise<void> | undefined;

  /** @param what its name in errors */
  constructor(what: string) {
    this.#what = what;
  }

  /**
   * Does some work, which closing waits for.
   * @throws FoveaError `closed`
   */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#closing) throw new FoveaError("closed", `${this.#what}: expected an open one, got one that was closed`);
    const running = work();
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }

  /** Waits for all work, done or failed, then releases its resources. Closing again waits for the same. */
  close(release: () => Promise<void>): Promise<void> {
    this.#closing ??= Promise.allSettled(this.#running).then(release);
    return this.#closing;
  }
}

/** Closes all at once. @throws the first error of those that could not be closed, after the others have been */
export async function closeAll(all: Iterable<{ readonly close: () => Promise<void> }>): Promise<void> {
  const results = await Promise.allSettled(Array.from(all, async (each) => each.close()));
  for (const result of results) if (result.status === "rejected") throw result.reason;
}
