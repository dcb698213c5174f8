/** @file The platform of Node with all that reads files of strangers by native code in child processes. */

import type { ChildLimits } from "../../child/child.js";
import { createIsolatedRuntime } from "../../runtime/isolated/isolated-runtime.js";
import type { Platform } from "../platform.js";
import { createIsolatedDecoder } from "./isolated-decoder.js";
import { createNodePlatform, type NodePlatformOptions } from "./node.js";

/** The limits of each child process, and the threads of its runtime. */
export interface IsolatedPlatformOptions extends ChildLimits, Pick<NodePlatformOptions, "versions"> {
  /** Threads within an operator. Default: as many as the machine has cores. */
  readonly threads?: number | undefined;
}

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
 * @throws FoveaError `bad-input` for limits that are no positive numbers, or threads that are no whole number from 1 on
 */
export function createIsolatedPlatform(options: IsolatedPlatformOptions = {}): IsolatedPlatform {
  const { threads, versions, ...limits } = options;
  const runtime = createIsolatedRuntime({ threads, ...limits });
  const decoder = createIsolatedDecoder(limits);
  const { decode } = decoder;
  const close = async () => void (await Promise.all([runtime.close(), decoder.close()]));
  return Object.assign(createNodePlatform({ runtime, versions }), { decode, close });
}
