/** @file Sessions by key, each opened once, when it is first asked for. */

import { closeAll, Lifetime } from "../foundation/lifetime.js";
import type { Session } from "./session.js";

export class SessionCache<Key> {
  readonly #sessions = new Map<Key, Promise<Session>>();
  readonly #lifetime = new Lifetime("sessions");

  /**
   * @param open opens the session, if nobody asked for it before, or it could not be opened then
   * @throws FoveaError `closed`
   */
  get(key: Key, open: () => Promise<Session>): Promise<Session> {
    return this.#sessions.get(key) ?? this.#lifetime.run(() => this.#opened(key, open()));
  }

  async #opened(key: Key, session: Promise<Session>): Promise<Session> {
    this.#sessions.set(key, session);
    try {
      return await session;
    } catch (error) {
      this.#sessions.delete(key);
      throw error;
    }
  }

  /** Waits for those that are being opened, then closes all. */
  close(): Promise<void> {
    return this.#lifetime.close(async () => {
      const opened = await Promise.all(this.#sessions.values());
      this.#sessions.clear();
      await closeAll(opened);
    });
  }
}
