/** @file Names that nothing else bears, found in constant time however many are alike. */

/** A set of taken names. */
export class Names {
  readonly #taken: Set<string>;
  /** How far the numbers behind a name are used up. */
  readonly #next = new Map<string, number>();

  constructor(names: Iterable<string> = []) {
    this.#taken = new Set(names);
  }

  add(name: string): void {
    this.#taken.add(name);
  }

  /** `hint`, or the first of `hint_1`, `hint_2` ... that is free; taken from now on. */
  fresh(hint: string): string {
    let n = this.#next.get(hint) ?? 0;
    let name = n === 0 ? hint : `${hint}_${n}`;
    while (this.#taken.has(name)) name = `${hint}_${++n}`;
    this.#next.set(hint, n);
    this.#taken.add(name);
    return name;
  }
}
