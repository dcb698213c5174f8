/** @file The runtime on Node: onnxruntime's native CPU provider, which is loaded when the first session is opened. */

import { createRequire } from "node:module";
import { dirname, isAbsolute, relative } from "node:path";
import type * as ort from "onnxruntime-node";
import { FoveaError, unknownName } from "../error.js";
import {
  type DataType,
  type ExternalPlace,
  type Graph,
  Tensor,
  type Value,
  type ValueInfo,
  writeModel,
} from "../onnx/index.js";
import type { Runtime, Session, SessionOptions } from "./session.js";

/** onnxruntime-node. Feeds and preallocated outputs are shared with it, not copied. */
export const nodeRuntime: Runtime = {
  get name() {
    const manifest = createRequire(import.meta.url)("onnxruntime-node/package.json") as { version: string };
    return `onnxruntime-node ${manifest.version}`;
  },
  async open(model: Graph | Uint8Array | string, options: SessionOptions = {}): Promise<Session> {
    const ort = await import("onnxruntime-node");
    try {
      return sessionOver(ort, await opened(ort, model, options));
    } catch (cause) {
      if (cause instanceof FoveaError) throw cause;
      throw new FoveaError("bad-graph", `onnxruntime refused the model: ${oneLine(cause)}`, { cause });
    }
  },
};

/** More nodes than any classifier has. onnxruntime's optimizer takes time by their square: at 24,000 it is minutes. */
const mostOptimized = 5000;

/** Bytes from which on a tensor is not written into the model that a session gets. */
const smallestOutside = 2 ** 16;

/** What a session is opened from. */
interface Prepared {
  readonly model: Uint8Array | string;
  /** The folder of the files that weights are mapped from. */
  readonly folder?: string | undefined;
  /** Memory that weights are taken from. */
  readonly externalData?: readonly { readonly path: string; readonly data: Uint8Array }[];
}

/**
 * Weights are mapped from their files, or taken from where they lie in memory, instead of being copied into the model.
 * onnxruntime does the one or the other: where some lie in files, those in memory are written into the model.
 */
function prepared(model: Graph): Prepared {
  const large = [...model.initializers.values()]
    .map((tensor) => tensor.stored ?? tensor)
    .filter(({ byteLength }) => byteLength >= smallestOutside);
  const first = large.find(({ file }) => file)?.file;
  const folder = first && dirname(first.path);
  const buffers = new Map<ArrayBufferLike, string>();
  const places = new Map<Tensor, ExternalPlace>();
  for (const tensor of large) {
    if (folder === undefined) {
      const { buffer, byteOffset } = tensor.bytes;
      if (!buffers.has(buffer)) buffers.set(buffer, `memory/${buffers.size}`);
      places.set(tensor, { location: buffers.get(buffer) as string, offset: byteOffset });
    } else if (tensor.file) {
      const location = relative(folder, tensor.file.path);
      const inside = !location.startsWith("..") && !isAbsolute(location);
      if (inside) places.set(tensor, { location, offset: tensor.file.offset });
    }
  }
  return {
    model: writeModel(model, { outside: (tensor) => places.get(tensor) }),
    folder,
    externalData: [...buffers].map(([buffer, path]) => ({ path, data: new Uint8Array(buffer) })),
  };
}

function opened(
  { InferenceSession }: typeof ort,
  source: Graph | Uint8Array | string,
  { optimize = true, threads = usualThreads(), repack = true }: SessionOptions,
): Promise<ort.InferenceSession> {
  const vast = typeof source === "object" && "nodes" in source && source.nodes.length > mostOptimized;
  const plain = typeof source === "string" || source instanceof Uint8Array;
  const { model, folder, externalData = [] }: Prepared = plain ? { model: source } : prepared(source);
  return InferenceSession.create(model as Uint8Array, {
    graphOptimizationLevel: optimize && !vast ? "all" : "disabled",
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

function sessionOver({ Tensor: OrtTensor }: typeof ort, session: ort.InferenceSession): Session {
  const toOrt = ({ type, data, dims }: Tensor) => new OrtTensor(type as "float32", data as Float32Array, dims);
  return {
    inputs: session.inputMetadata.map(valueInfo),
    outputs: session.outputMetadata.map(valueInfo),
    async run(feeds, into = {}) {
      const unknown = Object.keys(into).find((name) => !session.outputNames.includes(name));
      if (unknown !== undefined) throw unknownName("output", unknown, session.outputNames);
      try {
        const given = Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [name, toOrt(tensor)]));
        const fetches = session.outputNames.map((name) => [name, into[name] ? toOrt(into[name]) : null] as const);
        const results = await session.run(given, Object.fromEntries(fetches));
        return Object.fromEntries(
          Object.entries(results).map(([name, tensor]) => [name, into[name] ?? fromOrt(name, tensor)]),
        );
      } catch (cause) {
        throw new FoveaError("shape-mismatch", `onnxruntime could not run the model: ${oneLine(cause)}`, { cause });
      }
    },
    close: () => session.release(),
  };
}

function fromOrt(name: Value, tensor: ort.Tensor): Tensor {
  if (tensor.type === "string") throw new FoveaError("bad-graph", `output "${name}": expected numbers, got strings`);
  return new Tensor(tensor.type as Tensor["type"], tensor.dims, tensor.data as Tensor["data"]);
}

function valueInfo(metadata: ort.InferenceSession.ValueMetadata): ValueInfo {
  if (!metadata.isTensor) return { name: metadata.name };
  const dims = metadata.shape.map((dim) => (dim === 4294967295 ? "" : dim));
  return { name: metadata.name, type: metadata.type as DataType, dims };
}

/** What onnxruntime says, in one line and without the places in its own source. */
function oneLine(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  const essence = text
    .slice(0, 5000)
    .replaceAll(/\s+/g, " ")
    .replace(/^Load model from .*? failed: ?/, "")
    .replace(/^\S*\/onnxruntime\/\S+:\d+ .*?\)(?: const)? (?=[A-Z])/, "")
    .replace(
      /^Non-zero status code returned while running (\S+) node\. Name:'(.*?)' Status Message: /,
      'node "$2" ($1): ',
    )
    .replace(/^This is an invalid model\. In Node, \("([^"]*)", (\w+), .*?, Error /, 'node "$1" ($2): ')
    .trim();
  return essence.length > 300 ? `${essence.slice(0, 300)} ...` : essence;
}

/** `FOVEA_THREADS`, for machines that do other work as well; anything but a whole number from 1 on says nothing. */
function usualThreads(): number | undefined {
  const threads = Number(process.env.FOVEA_THREADS);
  return Number.isSafeInteger(threads) && threads > 0 ? threads : undefined;
}
