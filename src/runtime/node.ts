/** @file The runtime on Node: onnxruntime's native CPU provider, which is loaded when the first session is opened. */

import { createRequire } from "node:module";
import { dirname, isAbsolute, relative } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import type * as ort from "onnxruntime-node";
import type { Graph } from "../onnx/graph.js";
import type { Tensor } from "../onnx/tensor.js";
import { type ExternalPlace, writeModel } from "../onnx/write.js";
import { largeWeights, type Prepared, refusal, sessionOver, tooVast, withWeightsBeside } from "./ort-session.js";
import type { Runtime, Session, SessionOptions } from "./session.js";

/**
 * onnxruntime-node. Feeds and preallocated outputs are shared with it, not copied. A run blocks the event loop, which gets a turn
 * after each, so that a signal of the system that came meanwhile is known before the next.
 */
export const nodeRuntime: Runtime = {
  get name() {
    const manifest = createRequire(import.meta.url)("onnxruntime-node/package.json") as { version: string };
    return `onnxruntime-node ${manifest.version}`;
  },
  async open(model: Graph | Uint8Array | string, options: SessionOptions = {}): Promise<Session> {
    const ort = await import("onnxruntime-node");
    try {
      const toOrt = ({ type, data, dims }: Tensor) => new ort.Tensor(type as "float32", data as Float32Array, dims);
      const session = sessionOver(await opened(ort, model, options), toOrt);
      return {
        ...session,
        async run(feeds, into) {
          const results = await session.run(feeds, into);
          await turn();
          return results;
        },
      };
    } catch (cause) {
      throw refusal(cause);
    }
  },
};

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
  source: Graph | Uint8Array | string,
  { optimize = true, threads = usualThreads(), repack = true }: SessionOptions,
): Promise<ort.InferenceSession> {
  const plain = typeof source === "string" || source instanceof Uint8Array;
  const { model, folder, externalData } = plain
    ? { model: source, folder: undefined, externalData: [] }
    : prepared(source);
  return InferenceSession.create(model as Uint8Array, {
    graphOptimizationLevel: optimize && !tooVast(source) ? "all" : "disabled",
    logSeverityLevel: 4,
    ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
    ...(externalData.length === 0 ? {} : { externalData }),
    extra: {
      session: {
        ...(repack ? {} : { disable_prepacking: "1" }),
        ...(folder === undefined ? {} : { model_external_initializers_file_folder_path: folder }),
      },
    },
  });
}

/** `FOVEA_THREADS`, for machines that do other work as well; anything but a whole number from 1 on says nothing. */
function usualThreads(): number | undefined {
  const threads = Number(process.env.FOVEA_THREADS);
  return Number.isSafeInteger(threads) && threads > 0 ? threads : undefined;
}
