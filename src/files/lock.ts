/** @file Folders that one process uses at a time. */

import { open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { FoveaError } from "../foundation/error.js";
import { systemCode } from "./system-error.js";

/** The process that locks a folder, as whoever runs it tells: the library does not look at its process. */
export interface LockOwner {
  /** Its number. */
  readonly id: number;
  /** Whether a process of that number runs. */
  readonly isRunning: (id: number) => boolean;
}

const lockPath = (folder: string) => join(folder, "lock");

/**
 * Leaves the process's number in the folder; that of a process which is no more counts for nothing.
 * @throws FoveaError `bad-input` while another process has it, and the file system's error
 */
export async function lockFolder(folder: string, { id, isRunning }: LockOwner): Promise<void> {
  const path = lockPath(folder);
  for (let attempt = 0; ; attempt++) {
    const file = await open(path, "wx").catch((error: unknown) => {
      if (systemCode(error) !== "EEXIST") throw error;
      return undefined;
    });
    if (file) {
      await file.writeFile(String(id));
      return file.close();
    }
    const owner = Number(await readFile(path, "utf8").catch(() => ""));
    if (attempt > 0 || (owner > 0 && isRunning(owner))) {
      throw new FoveaError(
        "bad-input",
        `${folder}: the cache is in use by process ${owner}: wait for it to end, or keep this one elsewhere with --cache`,
      );
    }
    await rm(path, { force: true });
  }
}

/** Gives a folder back. */
export async function unlockFolder(folder: string): Promise<void> {
  await rm(lockPath(folder), { force: true });
}
