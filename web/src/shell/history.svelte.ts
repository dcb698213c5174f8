/** @file States to go back to, and forward again, in steps that a person would count. */

const most = 100;
/** Milliseconds within which changes of one control are one step. */
const together = 800;

export class History<State> {
  #past = $state.raw<readonly State[]>([]);
  #future = $state.raw<readonly State[]>([]);
  #last: { readonly control: string; readonly at: number } | undefined;
  canUndo = $derived(this.#past.length > 0);
  canRedo = $derived(this.#future.length > 0);

  /**
   * Keeps a state that is about to be left; what was undone before is gone.
   * @param control what was changed: a slider that moves on is one step; default a step of its own
   */
  remember(state: State, control?: string): void {
    const now = performance.now();
    const goesOn = control !== undefined && this.#last?.control === control && now - this.#last.at < together;
    this.#last = control === undefined ? undefined : { control, at: now };
    this.#future = [];
    if (!goesOn) this.#past = [...this.#past.slice(1 - most), state];
  }

  /** The state before, if any. @param now the state that is left */
  undo(now: State): State | undefined {
    const last = this.#past.at(-1);
    if (last === undefined) return undefined;
    [this.#past, this.#future, this.#last] = [this.#past.slice(0, -1), [...this.#future, now], undefined];
    return last;
  }

  /** The state that was undone last, if any. @param now the state that is left */
  redo(now: State): State | undefined {
    const next = this.#future.at(-1);
    if (next === undefined) return undefined;
    [this.#past, this.#future, this.#last] = [[...this.#past, now], this.#future.slice(0, -1), undefined];
    return next;
  }

  forget(): void {
    this.#past = [];
    this.#future = [];
    this.#last = undefined;
  }
}
