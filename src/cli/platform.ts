/** @file The machine as commands see it: the platform that they compute on, and their process. */

import { createNodePlatform } from "../explain/node.js";
import type { LockOwner } from "../files/lock.js";
import { systemCode } from "../files/system-error.js";
import { createNodeRuntime } from "../runtime/node.js";
import { environment } from "./environment.js";

/** One for the process. */
export const runtime = createNodeRuntime({ device: "cpu", threads: environment().threads });

/** One for the process. */
export const platform = createNodePlatform({
  runtime,
  versions: [{ name: "node", version: process.versions.node }],
});

/** This process, for folders that one process uses at a time. */
export const lockOwner: LockOwner = { id: process.pid, isRunning };

function isRunning(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return systemCode(error) === "EPERM";
  }
}
