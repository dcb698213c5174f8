/** @file The machine as commands see it: the platform that they compute on, and their process. */

import { createNodePlatform } from "../explain/node.js";
import type { LockOwner } from "../files/lock.js";
import { createNodeRuntime } from "../runtime/node.js";
import { environment } from "./environment.js";
import { ownMark, stateOf } from "./process-mark.js";

/** One for the process. */
export const runtime = createNodeRuntime({ device: "cpu", threads: environment().threads });

/** One for the process. */
export const platform = createNodePlatform({
  runtime,
  versions: [{ name: "node", version: process.versions.node }],
});

/** This process, for folders that one process uses at a time. */
export const lockOwner: LockOwner = { mark: ownMark, stateOf };
