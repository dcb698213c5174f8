/** @file A few files that are open at a time: those that were used last. */

import { FoveaError } from "../../foundation/error.js";
import { closeAll } from "../../foundation/lifetime.js";

interface Closable {
  readonly close: () => Promise<void>;
}

interface Entry<Resource> {
  readonly resource: Promise<Resource>;
  users: number;
  /** It is no longer kept, and goes with its last user. */
  isOut: boolean;
}

export interface Borrowed<Resource> {
  readonly resource: Resource;
  readonly giveBack: () => void;
}

/** Opens files when they are needed. One that makes room for another is closed when nobody uses it, and opened again when it is needed. */
export class Pool<Resource extends Closable> {
  readonly #most: number;
  readonly #open: (name: string) => Promise<Resource>;
  readonly #entries = new Map<string, Entry<Resource>>();
  #isClosed = false;

  constructor(most: number, open: (name: string) => Promise<Resource>) {
    this.#most = most;
    this.#open = open;
  }

  /** Does some work with a file. @throws FoveaError `closed`, and what opening it throws */
  async use<Result>(name: string, work: (resource: Resource) => Promise<Result>): Promise<Result> {
    const { resource, giveBack } = await this.borrow(name);
    try {
      return await work(resource);
    } finally {
      giveBack();
    }
  }

  /** A file that stays open until it is given back. @throws as `use` */
  async borrow(name: string): Promise<Borrowed<Resource>> {
    if (this.#isClosed) throw new FoveaError("closed", "source: expected an open one, got one that was closed");
    const entry = this.#entry(name);
    entry.users++;
    const giveBack = () => {
      entry.users--;
      this.#closeUnused(entry);
    };
    try {
      return { resource: await entry.resource, giveBack };
    } catch (error) {
      // It is tried again the next time.
      if (this.#entries.get(name) === entry) this.#entries.delete(name);
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    await closeAll(entries.map(({ resource }) => ({ close: async () => (await settled(resource))?.close() })));
  }

  #entry(name: string): Entry<Resource> {
    const entry = this.#entries.get(name) ?? { resource: this.#open(name), users: 0, isOut: false };
    // The one that was asked for last stands at the end.
    this.#entries.delete(name);
    this.#entries.set(name, entry);
    for (const [oldest, other] of this.#entries) {
      if (this.#entries.size <= this.#most) break;
      this.#entries.delete(oldest);
      other.isOut = true;
      this.#closeUnused(other);
    }
    return entry;
  }

  #closeUnused({ resource, users, isOut }: Entry<Resource>): void {
    if (!isOut || users > 0) return;
    void settled(resource)
      .then((opened) => opened?.close())
      .catch(() => undefined);
  }
}

function settled<Resource>(resource: Promise<Resource>): Promise<Resource | undefined> {
  return resource.catch(() => undefined);
}
