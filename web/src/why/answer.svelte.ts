/** @file What the worker was asked last: its answer, or why there is none. */

import { isCancelled, sentence } from "../shared/errors.js";

/** While another question is computed, the answer to the one before stays. */
export class Answer<View> {
  view = $state.raw<View>();
  /** Why there is none. */
  reason = $state<string>();
  busy = $state(false);
  #asked = 0;

  /**
   * @param isWanted whether the answer is still of use when it comes
   * @returns whether it came, and was
   */
  async ask(get: () => Promise<View>, isWanted: () => boolean): Promise<boolean> {
    const asked = ++this.#asked;
    this.busy = true;
    try {
      const view = await get();
      if (!isWanted()) return false;
      this.view = view;
      this.reason = undefined;
      return true;
    } catch (error) {
      if (!isCancelled(error)) {
        this.view = undefined;
        this.reason = sentence(error);
      }
      return false;
    } finally {
      if (asked === this.#asked) this.busy = false;
    }
  }
}
