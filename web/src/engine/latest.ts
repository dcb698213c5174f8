/** @file Of requests of one kind only the latest goes on: a new one breaks off the one before, at its next look. */

export class Latest {
  #running: AbortController | undefined;

  /** @throws the reason of the signal's abort, if another request came meanwhile */
  run<Result>(start: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    this.cancel();
    const controller = new AbortController();
    this.#running = controller;
    return start(controller.signal);
  }

  cancel(): void {
    this.#running?.abort(new DOMException("a newer request came", "AbortError"));
  }
}
