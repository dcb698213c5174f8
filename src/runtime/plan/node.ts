/** @file Plans of sessions, and the sessions that onnxruntime-node opens by them, loaded with the first. */

import { dirname, isAbsolute, relative } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import type * as ort from "onnxruntime-node";
import { isObject } from "../../foundation/check.js";
import { FoveaError } from "../../foundation/error.js";
import type { Graph } from "../../onnx/graph.js";
import type { Tensor } from "../../onnx/tensor.js";
import { type ExternalPlace, writeModel } from "../../onnx/write.js";
import type { Provider } from "../devices/device.js";
import {
  closable,
  largeWeights,
  openedAsAsked,
  optimized,
  type Prepared,
  refusal,
  sessionOver,
  withWeightsBeside,
} from "../ort-session.js";
import type { Session, SessionOptions } from "../session.js";

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

/** Whether a model is a file as it is, and no graph. */
export function isFile(source: Graph | Uint8Array | string): source is Uint8Array | string {
  return typeof source === "string" || source instanceof Uint8Array;
}

/**
 * onnxruntime, which npm leaves out where its install script fails, as behind a firewall.
 * @throws FoveaError `not-found`
 */
async function engine(): Promise<typeof ort> {
  try {
    return await import("onnxruntime-node");
  } catch (cause) {
    if (!/^(ERR_)?MODULE_NOT_FOUND$/.test(String(isObject(cause) ? cause.code : ""))) throw cause;
    throw new FoveaError(
      "not-found",
      "onnxruntime-node: expected it to be installed, got none (npm leaves it out where its install script reaches no network): run `npm install onnxruntime-node --ignore-scripts`",
      { cause },
    );
  }
}

/** @throws FoveaError `bad-graph` when onnxruntime refuses the model, `not-found` where it is not installed */
export async function openPlan(plan: SessionPlan): Promise<Session> {
  const ort = await engine();
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
