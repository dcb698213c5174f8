/** @file The runtime on Node: onnxruntime's native providers, loaded when the first session is opened. */

import { createRequire } from "node:module";
import { dirname, isAbsolute, relative } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import type * as ort from "onnxruntime-node";
import { FoveaError, shortened } from "../foundation/error.js";
import type { Graph } from "../onnx/graph.js";
import type { Tensor } from "../onnx/tensor.js";
import { type ExternalPlace, writeModel } from "../onnx/write.js";
import { Card } from "./devices/card.js";
import { checkedDevice, type NodeDevice, type Provider, providerFor } from "./devices/device.js";
import {
  closable,
  largeWeights,
  openedAsAsked,
  optimized,
  type Prepared,
  refusal,
  sessionOver,
  withWeightsBeside,
} from "./ort-session.js";
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
      const manifest: { version: string } = createRequire(import.meta.url)("onnxruntime-node/package.json");
      return `onnxruntime-node ${manifest.version}${card?.inWords ?? ""}`;
    },
    async open(model: Graph | Uint8Array | string, how: SessionOptions = {}): Promise<Session> {
      const plan = planSession(model, { ...how, threads: how.threads ?? threads });
      if (card === undefined || how.processor) return open(plan);
      const tell = (provider: Provider) => (isFile(model) ? provider : providerFor(provider, model));
      return card.open((provider) => open({ ...plan, provider: provider && tell(provider) }));
    },
  };
}

/** What a session is opened from: plain data, so that another process may do it. */
export interface SessionPlan extends Pick<SessionOptions, "optimize" | "threads" | "repack" | "takesTurns"> {
  /** Its bytes, or its path. */
  readonly model: Uint8Array | string;
  /** Memory that weights are taken from, and the folder of files that they are mapped from. */
  readonly externalData: Prepared["externalData"];
  readonly folder?: string | undefined;
  /** Default: the processor. */
  readonly provider?: Provider | undefined;
}

/**
 * The plan of a session of a graph, or of a model file as it is.
 * @throws FoveaError `bad-graph` for a graph that cannot be written
 */
export function planSession(
  source: Graph | Uint8Array | string,
  { optimize, threads, repack, takesTurns }: SessionOptions,
): SessionPlan {
  try {
    const from = isFile(source) ? { model: source, externalData: [] } : prepared(source);
    return { ...from, optimize: optimized(source, optimize), threads, repack, takesTurns };
  } catch (cause) {
    throw refusal(cause);
  }
}

function isFile(source: Graph | Uint8Array | string): source is Uint8Array | string {
  return typeof source === "string" || source instanceof Uint8Array;
}

/** @throws FoveaError `bad-graph` when onnxruntime refuses the model */
export async function openPlan(plan: SessionPlan): Promise<Session> {
  const ort = await import("onnxruntime-node");
  try {
    const toOrt = ({ type, data, dims }: Tensor) => new ort.Tensor(type as "float32", data as Float32Array, dims);
    const session = sessionOver(await opened(ort, plan), toOrt);
    return closable({
      ...session,
      async run(feeds, into) {
        const results = await session.run(feeds, into);
        await turn();
        return results;
      },
    });
  } catch (cause) {
    throw refusal(cause);
  }
}

let shared: Runtime | undefined;

/** The runtime of whoever names none: all of the machine's cores, one for the whole process. */
export function sharedRuntime(): Runtime {
  shared ??= createNodeRuntime();
  return shared;
}

/**
 * Weights are mapped from their files, or taken from where they lie in memory, instead of being copied into the model.
 * onnxruntime does the one or the other: where some lie in files, those in memory are written into the model.
 */
function prepared(model: Graph): Prepared & { readonly folder?: string } {
  const mapped = largeWeights(model).filter(({ file }) => file);
  const first = mapped[0]?.file;
  if (first === undefined) return withWeightsBeside(model);
  const folder = dirname(first.path);
  const places = new Map<Tensor, ExternalPlace>();
  for (const tensor of mapped) {
    const { path, offset } = tensor.file as NonNullable<Tensor["file"]>;
    const location = relative(folder, path);
    const inside = !location.startsWith("..") && !isAbsolute(location);
    if (inside) places.set(tensor, { location, offset });
  }
  return { model: writeModel(model, { outside: (tensor) => places.get(tensor) }), externalData: [], folder };
}

function opened(
  { InferenceSession }: typeof ort,
  { model, externalData, folder, provider, optimize, threads, repack = true, takesTurns = false }: SessionPlan,
): Promise<ort.InferenceSession> {
  const options = {
    logSeverityLevel: 4,
    ...(provider === undefined ? {} : { executionProviders: [provider] }),
    ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
    ...(externalData.length === 0 ? {} : { externalData }),
    extra: {
      session: {
        ...(repack ? {} : { disable_prepacking: "1" }),
        ...(takesTurns ? { intra_op: { allow_spinning: "0" } } : {}),
        ...(folder === undefined ? {} : { model_external_initializers_file_folder_path: folder }),
      },
    },
  } as const;
  return openedAsAsked(model, optimize, (graphOptimizationLevel) =>
    InferenceSession.create(model as Uint8Array, { ...options, graphOptimizationLevel }),
  );
}
