/** @file The runtime on Node: onnxruntime's native CPU provider. */

import * as ort from "onnxruntime-node";
import { FoveaError, unknownName } from "../error.js";
import { type DataType, type Graph, Tensor, type Value, type ValueInfo, writeModel } from "../onnx/index.js";
import type { Runtime, Session, SessionOptions } from "./session.js";

/** onnxruntime-node. Feeds and preallocated outputs are shared with it, not copied. */
export const nodeRuntime: Runtime = {
  name: `onnxruntime-node ${ort.env.versions.node ?? ort.env.versions.common}`,
  async open(model: Graph | Uint8Array, { optimize = true, threads }: SessionOptions = {}): Promise<Session> {
    try {
      const bytes = model instanceof Uint8Array ? model : writeModel(model);
      const session = await ort.InferenceSession.create(bytes, {
        graphOptimizationLevel: optimize && !isVast(model) ? "all" : "disabled",
        logSeverityLevel: 4,
        ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
      });
      return sessionOver(session);
    } catch (cause) {
      throw new FoveaError("bad-graph", `onnxruntime refused the model: ${oneLine(cause)}`, { cause });
    }
  },
};

/** More nodes than any classifier has. onnxruntime's optimizer takes time by their square: at 24,000 it is minutes. */
const mostOptimized = 5000;

function isVast(model: Graph | Uint8Array): boolean {
  return !(model instanceof Uint8Array) && model.nodes.length > mostOptimized;
}

function sessionOver(session: ort.InferenceSession): Session {
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

function toOrt(tensor: Tensor): ort.Tensor {
  return new ort.Tensor(tensor.type as "float32", tensor.data as Float32Array, tensor.dims);
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
    .replaceAll(/\s+/g, " ")
    .replace(/^\S*\/onnxruntime\/\S+:\d+ .*?\)(?: const)? (?=[A-Z])/, "")
    .replace(
      /^Non-zero status code returned while running (\S+) node\. Name:'(.*?)' Status Message: /,
      'node "$2" ($1): ',
    )
    .replace(/^This is an invalid model\. In Node, \("(.*?)", (.*?), ".*?", -?\d+\) : .*?, Error /, 'node "$1" ($2): ')
    .trim();
  return essence.length > 300 ? `${essence.slice(0, 300)} ...` : essence;
}
