/** @file Runs actions one after the other, in the order in which they were asked for. */

export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Begins when all that were asked for before have ended, however they ended. An action must not wait for another's turn. */
  run<Result>(action: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(action);
    this.#last = result.catch(() => undefined);
    return result;
  }
}
