/** @file What belongs to pictures and is kept with them, such as strokes and decisions: any room adds its own. */

import { SvelteMap } from "svelte/reactivity";
import type { KeptValues } from "./session.js";

/** Values by the ids of pictures. */
type PictureValues<Value = unknown> = ReadonlyMap<number, Value>;

export interface KeptPart<Value> {
  /** Plain data that can be posted; read from state, so that a change is noticed. */
  readonly read: () => PictureValues<Value>;
  /** Takes values that were kept. */
  readonly write: (values: PictureValues<Value>) => void;
}

export class KeptParts {
  readonly #parts = new SvelteMap<string, KeptPart<unknown>>();
  /** Of rooms that are not there yet. */
  readonly #waiting = new Map<string, PictureValues>();

  /** Adds what is kept under a name; values that were kept before come at once. */
  add<Value>(name: string, { read, write }: KeptPart<Value>): void {
    this.#parts.set(name, { read, write: (values) => write(values as PictureValues<Value>) });
    const values = this.#waiting.get(name);
    this.#waiting.delete(name);
    if (values) write(values as PictureValues<Value>);
  }

  /** @param places of pictures in the list that is kept, by their ids; others are left out */
  read(places: ReadonlyMap<number, number>): KeptValues {
    const all = new Map([...this.#waiting, ...[...this.#parts].map(([name, part]) => [name, part.read()] as const)]);
    const placed = (values: PictureValues) =>
      [...values].flatMap(([id, value]) => {
        const place = places.get(id);
        return place === undefined ? [] : [[place, value] as const];
      });
    return Object.fromEntries([...all].map(([name, values]) => [name, placed(values)]));
  }

  /** @param ids of the pictures, in the order of the list that was kept */
  restore(kept: KeptValues, ids: readonly (number | undefined)[]): void {
    for (const [name, values] of Object.entries(kept)) {
      const found = values.flatMap(([place, value]) => {
        const id = ids[place];
        return id === undefined ? [] : [[id, value] as const];
      });
      const part = this.#parts.get(name);
      if (part) part.write(new Map(found));
      else this.#waiting.set(name, new Map(found));
    }
  }
}

/**
 * Of the page. A room adds what it keeps when it is opened, for decisions about labels e.g.
 * `keptParts.add("decisions", { read: () => collection.decisions, write: (values) => (collection.decisions = values) })`.
 */
export const keptParts = new KeptParts();
