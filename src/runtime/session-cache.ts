/** @file Sessions by key, each opened once, when it is first asked for. */

import type { Session } from "./session.js";

export class SessionCache<Key> {
  readonly #sessions = new Map<Key, Promise<Session>>();

  /** @param open opens the session, if nobody asked for it before */
  get(key: Key, open: () => Promise<Session>): Promise<Session> {
    const session = this.#sessions.get(key) ?? open();
    this.#sessions.set(key, session);
    return session;
  }

  /** Closes all sessions; later requests open new ones. */
  async close(): Promise<void> {
    const sessions = [...this.#sessions.values()];
    this.#sessions.clear();
    // An error in opening was thrown where the session was asked for.
    for (const session of sessions) await (await session.catch(() => undefined))?.close();
  }
}
