/** @file States to go back to, and forward again. */

const most = 100;

export class History<State> {
  #past: State[] = [];
  #future: State[] = [];

  /** Keeps a state that is about to be left; what was undone before is gone. */
  remember(state: State): void {
    this.#past.push(state);
    if (this.#past.length > most) this.#past.shift();
    this.#future = [];
  }

  /** The state before, if any. @param now the state that is left */
  undo(now: State): State | undefined {
    const last = this.#past.pop();
    if (last !== undefined) this.#future.push(now);
    return last;
  }

  /** The state that was undone last, if any. @param now the state that is left */
  redo(now: State): State | undefined {
    const next = this.#future.pop();
    if (next !== undefined) this.#past.push(now);
    return next;
  }

  forget(): void {
    this.#past = [];
  }
}
