/** @file Of requests of one kind only the latest counts: a new one cancels the one before. */

export class Latest {
  #running: AbortController | undefined;

  /** @throws what the signal was aborted with, if another request came meanwhile */
  async run<Result>(start: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    this.cancel();
    const controller = new AbortController();
    this.#running = controller;
    const result = await start(controller.signal);
    controller.signal.throwIfAborted();
    return result;
  }

  cancel(): void {
    this.#running?.abort(new DOMException("a newer request came", "AbortError"));
  }
}
