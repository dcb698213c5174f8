/** @file Sessions that go on on the processor where a graphics card cannot open or run them. */

import { FoveaError, messageOf } from "../foundation/error.js";
import type { Session } from "./session.js";

/**
 * A session on the card, or where that fails and the processor does not, on the processor from then on.
 * @param onFallback told then, once: the card's message
 */
export async function withFallback(
  onCard: () => Promise<Session>,
  onProcessor: () => Promise<Session>,
  onFallback?: ((reason: string) => void) | undefined,
): Promise<Session> {
  let fallen = false;
  const fall = (error: unknown) => {
    fallen = true;
    onFallback?.(messageOf(error));
  };
  let session = await onCard().catch(async (error: unknown) => {
    if (isClosed(error)) throw error;
    const other = await onProcessor();
    fall(error);
    return other;
  });
  const { inputs, outputs } = session;
  return {
    inputs,
    outputs,
    async run(feeds, into) {
      try {
        return await session.run(feeds, into);
      } catch (error) {
        if (fallen || isClosed(error)) throw error;
        const other = await onProcessor();
        // Wrong tensors fail here as well, and that error is thrown.
        const results = await other.run(feeds, into).catch(async (same: unknown) => {
          await other.close();
          throw same;
        });
        await session.close().catch(() => undefined);
        session = other;
        fall(error);
        return results;
      }
    },
    close: () => session.close(),
  };
}

/** It ended because somebody asked for that. */
function isClosed(error: unknown): boolean {
  return error instanceof FoveaError && error.code === "closed";
}
