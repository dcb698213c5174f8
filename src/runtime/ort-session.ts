/** @file The common part of onnxruntime's sessions on Node and in a page: tensors in and out, and its error messages. */

import { FoveaError, unknownName } from "../foundation/error.js";
import { Lifetime } from "../foundation/lifetime.js";
import type { Graph, Value, ValueInfo } from "../onnx/graph.js";
import { type DataType, Tensor } from "../onnx/tensor.js";
import { type ExternalPlace, writeModel } from "../onnx/write.js";
import type { Session } from "./session.js";

/** More nodes than any classifier has. onnxruntime's optimizer takes time by their square: at 24,000 it is minutes. */
const mostOptimized = 5000;

/** Bytes from which on a tensor is not written into the model that a session gets. */
const smallestOutside = 2 ** 16;

/** The source of a session. */
export interface Prepared {
  readonly model: Uint8Array;
  /** Memory that weights are taken from. */
  readonly externalData: readonly { readonly path: string; readonly data: Uint8Array }[];
}

/** As they are stored. */
export function largeWeights(model: Graph): Tensor[] {
  return [...model.initializers.values()]
    .map((tensor) => tensor.stored ?? tensor)
    .filter(({ byteLength }) => byteLength >= smallestOutside);
}

/** The model without its large weights, which stay where they lie in memory instead of being copied into it. */
export function withWeightsBeside(model: Graph): Prepared {
  const buffers = new Map<ArrayBufferLike, string>();
  const places = new Map<Tensor, ExternalPlace>();
  for (const tensor of largeWeights(model)) {
    const { buffer, byteOffset } = tensor.bytes;
    if (!buffers.has(buffer)) buffers.set(buffer, `memory/${buffers.size}`);
    places.set(tensor, { location: buffers.get(buffer) as string, offset: byteOffset });
  }
  return {
    model: writeModel(model, { outside: (tensor) => places.get(tensor) }),
    externalData: [...buffers].map(([buffer, path]) => ({ path, data: new Uint8Array(buffer) })),
  };
}

/** Whether to optimize: never a model so vast that it is better run as it is. Undefined where nothing is said. */
export function optimized(source: Graph | Uint8Array | string, optimize: boolean | undefined): boolean | undefined {
  const tooVast = typeof source === "object" && "nodes" in source && source.nodes.length > mostOptimized;
  return tooVast ? false : optimize;
}

/**
 * Opens a session: optimized unless it is vast or `optimize` says otherwise. Where nothing is said, a graph that onnxruntime
 * refuses only because one of its own rewritings fails is opened as it is.
 */
export async function openedAsAsked<Opened>(
  source: Graph | Uint8Array | string,
  optimize: boolean | undefined,
  open: (level: "all" | "disabled") => Promise<Opened>,
): Promise<Opened> {
  const asked = optimized(source, optimize);
  if (asked !== undefined) return open(asked ? "all" : "disabled");
  try {
    return await open("all");
  } catch (cause) {
    return open("disabled").catch(() => {
      throw cause;
    });
  }
}

/** As `InferenceSession.ValueMetadata`. */
type OrtMetadata = { readonly name: string } & (
  | { readonly isTensor: false }
  | { readonly isTensor: true; readonly type: string; readonly shape: readonly (number | string)[] }
);

interface OrtTensor {
  readonly type: string;
  readonly data: unknown;
  readonly dims: readonly number[];
}

interface RunOptions {
  readonly logSeverityLevel?: 4;
}

/** An `InferenceSession` of either package. */
interface OrtSession<Given extends OrtTensor> {
  readonly inputMetadata: readonly OrtMetadata[];
  readonly outputMetadata: readonly OrtMetadata[];
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(
    feeds: Record<string, Given>,
    fetches: Record<string, Given | null>,
    options?: RunOptions,
  ): Promise<Record<string, OrtTensor>>;
  release(): Promise<void>;
}

/** A session of ours over one of theirs; `toOrt` makes a tensor of theirs over the same memory, and `options` go with each run. */
export function sessionOver<Given extends OrtTensor>(
  session: OrtSession<Given>,
  toOrt: (tensor: Tensor) => Given,
  options?: RunOptions,
): Session {
  return {
    inputs: session.inputMetadata.map(valueInfo),
    outputs: session.outputMetadata.map(valueInfo),
    async run(feeds, into = {}) {
      refuseUnknown(into, session.outputNames);
      try {
        // onnxruntime-web refuses feeds that the graph does not ask for.
        const results = await session.run(
          mapped(session.inputNames, (name) => feeds[name] && toOrt(feeds[name])),
          mapped(session.outputNames, (name) => (into[name] ? toOrt(into[name]) : null)),
          options,
        );
        return mapped(Object.keys(results), (name) => into[name] ?? fromOrt(name, results[name] as OrtTensor));
      } catch (cause) {
        throw (
          crash(cause, "running") ??
          new FoveaError("shape-mismatch", `onnxruntime could not run the model: ${oneLine(cause)}`, { cause })
        );
      }
    },
    close: () => session.release(),
  };
}

/** What is made of each name, where that is something; in a loop, which a small network's run is not long beside. */
function mapped<Made>(names: readonly Value[], make: (name: Value) => Made | undefined): Record<Value, Made> {
  const all: Record<Value, Made> = {};
  for (const name of names) {
    const made = make(name);
    if (made !== undefined) all[name] = made;
  }
  return all;
}

/** Fills the tensors that are given for outputs, for sessions that compute into memory of their own. */
export function withOutputsFilled(session: Session): Session {
  return {
    ...session,
    async run(feeds, into = {}) {
      refuseUnknown(
        into,
        session.outputs.map(({ name }) => name),
      );
      const results = await session.run(feeds);
      for (const [name, tensor] of Object.entries(into)) {
        fill(tensor, results[name] as Tensor, name);
        results[name] = tensor;
      }
      return results;
    },
  };
}

/** @throws FoveaError `unknown-name` for a tensor that is given for no output */
function refuseUnknown(into: Readonly<Record<Value, Tensor>>, outputs: readonly Value[]): void {
  const unknown = Object.keys(into).find((name) => !outputs.includes(name));
  if (unknown !== undefined) throw unknownName("output", unknown, outputs);
}

function fill(tensor: Tensor, result: Tensor, name: Value): void {
  if (tensor.type !== result.type || String(tensor.dims) !== String(result.dims))
    throw new FoveaError(
      "shape-mismatch",
      `output "${name}": expected a tensor of ${result.type} [${result.dims}], got ${tensor.type} [${tensor.dims}]`,
    );
  tensor.bytes.set(result.bytes);
}

/** Refuses runs once it is closed, and closes when its runs are done. */
export function closable(session: Session): Session {
  const lifetime = new Lifetime("session");
  return {
    ...session,
    run: (feeds, into) => lifetime.run(() => session.run(feeds, into)),
    close: () => lifetime.close(() => session.close()),
  };
}

function fromOrt(name: Value, tensor: OrtTensor): Tensor {
  if (tensor.type === "string") throw new FoveaError("bad-graph", `output "${name}": expected numbers, got strings`);
  return new Tensor(tensor.type as Tensor["type"], tensor.dims, tensor.data as Tensor["data"]);
}

function valueInfo(metadata: OrtMetadata): ValueInfo {
  if (!metadata.isTensor) return { name: metadata.name };
  const dims = metadata.shape.map((dim) => (dim === 4294967295 ? "" : dim));
  return { name: metadata.name, type: metadata.type as DataType, dims };
}

/** The error for a model that could not be opened. */
export function refusal(cause: unknown): FoveaError {
  if (cause instanceof FoveaError) return cause;
  return (
    crash(cause, "opening") ??
    new FoveaError("bad-graph", `onnxruntime refused the model: ${oneLine(cause)}`, { cause })
  );
}

/** The error for a trap of WebAssembly, behind which nothing of its memory is to be trusted; undefined for any other failure. */
function crash(cause: unknown, doing: "opening" | "running"): FoveaError | undefined {
  if (!(cause instanceof WebAssembly.RuntimeError)) return undefined;
  const text = `onnxruntime crashed (${oneLine(cause)}) while ${doing} the model: the file is damaged, or made to do that`;
  return new FoveaError("crashed", text, { cause });
}

/** onnxruntime's message, in one line and without the places in its own source. */
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
