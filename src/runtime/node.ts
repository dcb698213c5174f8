/** @file The runtime on Node: onnxruntime's native providers, loaded when the first session is opened. */

import { FoveaError, shortened } from "../foundation/error.js";
import type { Graph } from "../onnx/graph.js";
import { Card } from "./devices/card.js";
import { checkedDevice, type NodeDevice, type Provider, providerFor } from "./devices/device.js";
import { engineVersion, isFile, openPlan, planSession } from "./plan/node.js";
import type { Runtime, Session, SessionOptions } from "./session.js";

/** The device and the threads of a runtime on Node. */
export interface NodeRuntimeOptions {
  /**
   * The device that computes: `cpu`; `cuda` or, of several cards, `cuda:1`; `dml` (Windows); `coreml` (macOS); `webgpu`; or `auto`, a
   * graphics card where there is one. One that is missing, and a session that it refuses, is the processor's. Default `cpu`.
   */
  readonly device?: NodeDevice | undefined;
  /** Threads within an operator, for sessions that ask for no other number. Default: as many as the machine has cores. */
  readonly threads?: number | undefined;
  /**
   * Told in a sentence, once each: why the processor computes in the place of the device, or goes on with a session that it refused; that
   * the device is a program; what `auto` took. Default: nobody is told; the runtime's name says what computes.
   */
  readonly onDevice?: ((sentence: string) => void) | undefined;
}

/**
 * Makes a runtime of onnxruntime-node. Feeds and preallocated outputs are shared with it, not copied. A run blocks the event loop, which gets a turn
 * after each, so that a signal of the system that came meanwhile is known before the next.
 * @throws FoveaError `unknown-name` for a device that there is not, `bad-input` for threads that are no whole number from 1 on
 */
export function createNodeRuntime(options: NodeRuntimeOptions = {}): Runtime {
  return runtimeBy(openPlan, options);
}

/**
 * A runtime whose sessions are opened by a function, here or in another process.
 * @throws FoveaError as `createNodeRuntime` does
 */
export function runtimeBy(open: typeof openPlan, options: NodeRuntimeOptions): Runtime {
  const { device = "cpu", threads, onDevice } = options;
  checkedDevice(device);
  if (threads !== undefined && !(Number.isSafeInteger(threads) && threads > 0)) {
    throw new FoveaError("bad-input", `threads: expected a whole number from 1 on, got ${shortened(threads)}`);
  }
  const card = device === "cpu" ? undefined : new Card(device, onDevice);
  return {
    get name() {
      return `onnxruntime-node ${engineVersion()}${card?.inWords ?? ""}`;
    },
    async open(model: Graph | Uint8Array | string, how: SessionOptions = {}): Promise<Session> {
      const plan = planSession(model, { ...how, threads: how.threads ?? threads });
      if (card === undefined || how.processor) return open(plan);
      const tell = (provider: Provider) => (isFile(model) ? provider : providerFor(provider, model));
      return card.open((provider) => open({ ...plan, provider: provider && tell(provider) }));
    },
  };
}

let shared: Runtime | undefined;

/** The runtime of whoever names none: all of the machine's cores, one for the whole process. */
export function sharedRuntime(): Runtime {
  shared ??= createNodeRuntime();
  return shared;
}
