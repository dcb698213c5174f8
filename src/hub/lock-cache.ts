/** @file One process at a time downloads a repository; the others wait for it, as long as it gets on. */

import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type FolderLock, lockFolder } from "../files/lock.js";
import { ownMark, stateOf } from "../files/write/process-mark.js";
import { FoveaError } from "../foundation/error.js";

export interface Waiting {
  /** The folder in which whoever has the lock writes. */
  readonly progress: string;
  /** Milliseconds without a change there after which it is no longer waited for. */
  readonly patience: number;
  /** Told once that another process has it. */
  readonly onWait: () => void;
  readonly signal: AbortSignal | undefined;
}

const pause = 200;

/**
 * Locks a folder, when whoever has it is done.
 * @throws FoveaError `bad-input` where that one does not get on; the signal's reason
 */
export async function lockWhenFree(folder: string, waiting: Waiting): Promise<FolderLock> {
  const { progress, patience, onWait, signal } = waiting;
  const owner = { mark: ownMark, stateOf };
  const began = Date.now();
  for (let isTold = false; ; isTold = true) {
    signal?.throwIfAborted();
    try {
      return await lockFolder(folder, owner);
    } catch (error) {
      const isInUse = error instanceof FoveaError && error.code === "bad-input";
      if (!isInUse || Date.now() - Math.max(began, await lastChange(progress)) > patience) throw error;
    }
    if (!isTold) onWait();
    await sleep(pause, undefined, signal ? { signal } : {}).catch(() => signal?.throwIfAborted());
  }
}

/** When a file of a folder was last written. */
async function lastChange(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  const times = await Promise.all(
    names.map((name) =>
      stat(join(folder, name)).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      ),
    ),
  );
  return Math.max(0, ...times);
}
