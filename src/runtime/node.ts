/** @file The runtime on Node: onnxruntime's native CPU provider, which is loaded when the first session is opened. */

import { createRequire } from "node:module";
import type * as ort from "onnxruntime-node";
import { FoveaError, unknownName } from "../error.js";
import { type DataType, type Graph, Tensor, type Value, type ValueInfo, writeModel } from "../onnx/index.js";
import type { Runtime, Session, SessionOptions } from "./session.js";

/** onnxruntime-node. Feeds and preallocated outputs are shared with it, not copied. */
export const nodeRuntime: Runtime = {
  get name() {
    const manifest = createRequire(import.meta.url)("onnxruntime-node/package.json") as { version: string };
    return `onnxruntime-node ${manifest.version}`;
  },
  async open(model: Graph | Uint8Array, { optimize = true, threads }: SessionOptions = {}): Promise<Session> {
    const bytes = model instanceof Uint8Array ? model : writeModel(model);
    const ort = await import("onnxruntime-node");
    try {
      const session = await ort.InferenceSession.create(bytes, {
        graphOptimizationLevel: optimize ? "all" : "disabled",
        logSeverityLevel: 4,
        ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
      });
      return sessionOver(ort, session);
    } catch (cause) {
      throw new FoveaError("bad-graph", `onnxruntime refused the model: ${oneLine(cause)}`, { cause });
    }
  },
};

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

function oneLine(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  return text
    .replaceAll(/\s*\n\s*/g, " ")
    .trim()
    .slice(0, 300);
}
