/** @file The runtime on Node: onnxruntime's native CPU provider, which is loaded when the first session is opened. */

import { createRequire } from "node:module";
import { dirname, isAbsolute, relative } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import type * as ort from "onnxruntime-node";
import { FoveaError, shortened, unknownName } from "../foundation/error.js";
import type { Graph } from "../onnx/graph.js";
import type { Tensor } from "../onnx/tensor.js";
import { type ExternalPlace, writeModel } from "../onnx/write.js";
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

/** The devices that `createNodeRuntime` knows. */
export const nodeDevices = ["cpu"] as const;

export type NodeDevice = (typeof nodeDevices)[number];

/** The device and the threads of a runtime on Node. */
export interface NodeRuntimeOptions {
  /** The device that computes. Default `cpu`. */
  readonly device?: NodeDevice | undefined;
  /** Threads within an operator, for sessions that ask for no other number. Default: as many as the machine has cores. */
  readonly threads?: number | undefined;
}

/**
 * Makes a runtime of onnxruntime-node. Feeds and preallocated outputs are shared with it, not copied. A run blocks the event loop, which gets a turn
 * after each, so that a signal of the system that came meanwhile is known before the next.
 * @throws FoveaError `unknown-name` for a device that there is not, `bad-input` for threads that are no whole number from 1 on
 */
export function createNodeRuntime({ device = "cpu", threads }: NodeRuntimeOptions = {}): Runtime {
  if (!nodeDevices.includes(device)) throw unknownName("device", device, nodeDevices);
  if (threads !== undefined && !(Number.isSafeInteger(threads) && threads > 0)) {
    throw new FoveaError("bad-input", `threads: expected a whole number from 1 on, got ${shortened(threads)}`);
  }
  return {
    get name() {
      const manifest: { version: string } = createRequire(import.meta.url)("onnxruntime-node/package.json");
      return `onnxruntime-node ${manifest.version}`;
    },
    async open(model: Graph | Uint8Array | string, options: SessionOptions = {}): Promise<Session> {
      return openPlan(planSession(model, { ...options, threads: options.threads ?? threads }));
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
}

/**
 * The plan of a session of a graph, or of a model file as it is.
 * @throws FoveaError `bad-graph` for a graph that cannot be written
 */
export function planSession(
  source: Graph | Uint8Array | string,
  { optimize, threads, repack, takesTurns }: SessionOptions,
): SessionPlan {
  const isFile = typeof source === "string" || source instanceof Uint8Array;
  try {
    const from = isFile ? { model: source, externalData: [] } : prepared(source);
    return { ...from, optimize: optimized(source, optimize), threads, repack, takesTurns };
  } catch (cause) {
    throw refusal(cause);
  }
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
  { model, externalData, folder, optimize, threads, repack = true, takesTurns = false }: SessionPlan,
): Promise<ort.InferenceSession> {
  const options = {
    logSeverityLevel: 4,
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
