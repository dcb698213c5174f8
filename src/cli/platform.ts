/** @file The machine as commands see it: the platform that they compute on, and their process. */

import type { ChildLimits } from "../child/limits.js";
import type { LockOwner } from "../files/lock.js";
import { ownMark, stateOf } from "../files/write/process-mark.js";
import { createIsolatedPlatform, type IsolatedPlatform } from "../model/platform/isolated-platform.js";
import { createNodePlatform } from "../model/platform/node.js";
import type { Platform } from "../model/platform.js";
import type { NodeDevice } from "../runtime/devices/device.js";
import { createNodeRuntime } from "../runtime/node.js";
import type { Runtime } from "../runtime/session.js";
import { environment } from "./environment.js";

const versions = [{ name: "node", version: process.versions.node }];
const { threads } = environment();
const processor = createNodeRuntime({ device: "cpu", threads });
let runsOnce = false;
const ownRuntime: Runtime = {
  get name() {
    return processor.name;
  },
  open: (model, how) => processor.open(model, runsOnce ? { ...how, takesTurns: true } : how),
};
const ownPlatform = createNodePlatform({ runtime: ownRuntime, versions });
let isolated: IsolatedPlatform | undefined;

/** The runtime of the command that runs. */
export let runtime: Runtime = ownRuntime;

/** The platform of the command that runs. */
export let platform: Platform = ownPlatform;

/** What a command computes on. */
export interface Computing {
  /** Of child processes that do what native code does; without any it is done in this process. */
  readonly limits?: ChildLimits | undefined;
  readonly device: NodeDevice;
  /** Told in sentences what computes, where that is not plainly the device. */
  readonly onDevice: (sentence: string) => void;
}

let computing: Computing | undefined;

/** Chooses the platform of a command before it runs. */
export function computeOn(asked: Computing): void {
  void isolated?.close();
  computing = asked;
  runsOnce = false;
  isolated =
    asked.limits &&
    createIsolatedPlatform({ ...asked.limits, device: asked.device, onDevice: asked.onDevice, threads, versions });
  platform = isolated ?? (asked.device === "cpu" ? ownPlatform : platformOn(asked));
  runtime = platform.runtime;
}

/** Says that each session runs once from now on: its threads then do not wait busily for the next run, which takes a core from all else. */
export function expectOneRun(): void {
  runsOnce = true;
}

function platformOn({ device, onDevice }: Computing): Platform {
  return createNodePlatform({ runtime: createNodeRuntime({ threads, device, onDevice }), versions });
}

/** Does work on another device than the command's, in a child process where the command computes in one. */
export async function onOtherDevice<Result>(
  device: NodeDevice,
  work: (runtime: Runtime) => Promise<Result>,
): Promise<Result> {
  const { limits, onDevice } = computing ?? { onDevice: () => undefined };
  if (limits === undefined) return work(createNodeRuntime({ threads, device, onDevice }));
  const other = createIsolatedPlatform({ ...limits, threads, device, onDevice });
  try {
    return await work(other.runtime);
  } finally {
    await other.close();
  }
}

/** This process, for folders that one process uses at a time. */
export const lockOwner: LockOwner = { mark: ownMark, stateOf };
