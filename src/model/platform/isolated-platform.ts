/** @file The platform of Node with all that reads files of strangers by native code in child processes. */

import { type ChildLimits, limitsOf } from "../../child/limits.js";
import { createNodeRuntime, type NodeRuntimeOptions } from "../../runtime/node.js";
import type { Runtime } from "../../runtime/session.js";
import type { Platform } from "../platform.js";
import { createNodePlatform, type NodePlatformOptions } from "./node.js";

/** The limits of each child process, and the device and threads of its runtime. */
export interface IsolatedPlatformOptions
  extends ChildLimits,
    NodeRuntimeOptions,
    Pick<NodePlatformOptions, "versions"> {}

/** A platform with child processes, which end with this one. */
export interface IsolatedPlatform extends Platform {
  /** Ends the child processes; later work starts others. */
  close(): Promise<void>;
}

/**
 * The platform for models and images of strangers: onnxruntime runs in one child process, and images are decoded in another, each within
 * limits. What crashes there, hangs or eats memory ends its process and is a `FoveaError` of code `crashed`; the next run or image starts
 * a process again. The numbers are those of `createNodePlatform`; tensors are copied between the processes. What is asked for at the same
 * time is done in turn.
 * @throws FoveaError as `createNodeRuntime` does; `bad-input` for limits that are no positive numbers
 */
export function createIsolatedPlatform(options: IsolatedPlatformOptions = {}): IsolatedPlatform {
  const { threads, device, onDevice, versions, ...limits } = options;
  limitsOf(limits);
  const asked = createNodeRuntime({ threads, device });
  let parts: Awaited<ReturnType<typeof load>> | undefined;
  let loading: ReturnType<typeof load> | undefined;
  const loaded = async () => {
    loading ??= load({ threads, device, onDevice, ...limits });
    parts = await loading;
    return parts;
  };
  const runtime: Runtime = {
    get name() {
      return (parts?.runtime ?? asked).name;
    },
    open: async (...args) => (await loaded()).runtime.open(...args),
  };
  const decode: Platform["decode"] = async (...args) => (await loaded()).decoder.decode(...args);
  const close = async () => {
    const open = await loading;
    await Promise.all([open?.runtime.close(), open?.decoder.close()]);
  };
  return Object.assign(createNodePlatform({ runtime, versions }), { decode, close });
}

/** What few ask for is loaded when it is needed. */
async function load({ threads, device, onDevice, ...limits }: ChildLimits & NodeRuntimeOptions) {
  const [{ createIsolatedRuntime }, { createIsolatedDecoder }] = await Promise.all([
    import("../../runtime/isolated/isolated-runtime.js"),
    import("./isolated-decoder.js"),
  ]);
  return {
    runtime: createIsolatedRuntime({ threads, device, onDevice, ...limits }),
    decoder: createIsolatedDecoder(limits),
  };
}
