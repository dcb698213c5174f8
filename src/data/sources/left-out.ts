/** @file What is left out of archives on the way: how many of each kind, and the first of them. */

import { count } from "../../foundation/words.js";

/** How one is told, and several. */
const kinds = {
  link: ["1 member that is no file is left out:", "members that are no files are left out, the first"],
  outside: [
    "1 member whose name leads out of its archive is left out:",
    "members whose names lead out of their archives are left out, the first",
  ],
  twice: ["1 member that comes twice is left out:", "members that come twice are left out, the first"],
  open: [
    "1 archive ends without the mark of its end, images may be missing:",
    "archives end without the mark of their end, images may be missing, the first",
  ],
  beside: ["1 image beside the archives is left out:", "images beside the archives are left out, the first"],
  other: ["1 table without images is left out:", "tables without images are left out, the first"],
} as const satisfies Record<string, readonly [one: string, several: string]>;

export class LeftOut {
  readonly #names = new Map<keyof typeof kinds, Set<string>>();
  readonly #before: readonly string[];

  /** @param before notes that stand before its own. Default none */
  constructor(before: readonly string[] = []) {
    this.#before = before;
  }

  add(kind: keyof typeof kinds, name: string): void {
    const names = this.#names.get(kind) ?? new Set();
    this.#names.set(kind, names.add(name));
  }

  /** A sentence for each kind. */
  notes(): string[] {
    const own = [...this.#names].map(([kind, names]) => {
      const [one, several] = kinds[kind];
      const [first] = names;
      return `${names.size === 1 ? one : `${count(names.size)} ${several}`} ${first}`;
    });
    return [...this.#before, ...own];
  }
}
