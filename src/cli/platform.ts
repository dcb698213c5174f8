/** @file The machine as commands see it: the platform that they compute on, and their process. */

import type { ChildLimits } from "../child/limits.js";
import type { LockOwner } from "../files/lock.js";
import { ownMark, stateOf } from "../files/write/process-mark.js";
import { createIsolatedPlatform, type IsolatedPlatform } from "../model/platform/isolated-platform.js";
import { createNodePlatform } from "../model/platform/node.js";
import type { Platform } from "../model/platform.js";
import { createNodeRuntime } from "../runtime/node.js";
import type { Runtime } from "../runtime/session.js";
import { environment } from "./environment.js";

const versions = [{ name: "node", version: process.versions.node }];
const { threads } = environment();
const ownRuntime = createNodeRuntime({ device: "cpu", threads });
const ownPlatform = createNodePlatform({ runtime: ownRuntime, versions });
let isolated: IsolatedPlatform | undefined;

/** The runtime of the command that runs. */
export let runtime: Runtime = ownRuntime;

/** The platform of the command that runs. */
export let platform: Platform = ownPlatform;

/**
 * Chooses the platform of a command before it runs.
 * @param limits of child processes that do what native code does; without any it is done in this process
 */
export function computeWithin(limits: ChildLimits | undefined): void {
  void isolated?.close();
  isolated = limits && createIsolatedPlatform({ ...limits, threads, versions });
  platform = isolated ?? ownPlatform;
  runtime = platform.runtime;
}

/** This process, for folders that one process uses at a time. */
export const lockOwner: LockOwner = { mark: ownMark, stateOf };
