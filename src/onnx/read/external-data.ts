/** @file Weights that a model file keeps in other files beside it. */

import { FoveaError } from "../../foundation/error.js";
import { type GraphProto, type ModelProto, type TensorProto, TensorProto_DataLocation } from "../proto/onnx_pb.js";
import type { FileBytes } from "../tensor.js";
import type { Budget } from "./spend.js";

/** A file whose parts are read when they are needed. */
export interface ExternalFile {
  /** An absolute path. */
  readonly path: string;
  readonly byteLength: number;
  /** @throws FoveaError `bad-file` */
  readonly read: (offset: number, byteLength: number) => Uint8Array;
}

/** Reads a file that a model names, relative to the model's folder: its bytes, or a reader of its parts. */
export type ReadExternal = (location: string) => Uint8Array | ExternalFile;

/** The location under which a skimmed model's tensors name the model file itself; no path can be that. */
export const ownFile = "\0";

/** The bytes of the tensors that lie outside of a model. */
export type ExternalTensors = ReadonlyMap<TensorProto, Uint8Array | FileBytes>;

/** How many times the bytes of a file may be taken: files share what tensors have in common, such as zeros. */
const mostShared = 4;
/** Bytes of small tensors, which may be taken any number of times. */
const freelyShared = 2 ** 26;

/**
 * Finds the bytes of a decoded model's external tensors, and reads nothing of files that are read in parts. Every file is asked
 * for once.
 * @throws FoveaError `bad-file` where a tensor's place in its file does not exist, or tensors lie over one another; `bad-graph`
 *   for more bytes than the budget allows
 */
export function externalTensors(model: ModelProto, read: ReadExternal, where: string, budget: Budget): ExternalTensors {
  const files = new Map<string, Uint8Array | ExternalFile>();
  const taken = new Map<string, number>();
  const tensors = new Map<TensorProto, Uint8Array | FileBytes>();
  for (const tensor of outsideOf(model.graph)) {
    const entries = new Map(tensor.externalData.map(({ key, value }) => [key, value]));
    const location = entries.get("location") ?? "";
    const file = files.get(location) ?? read(location);
    files.set(location, file);
    const start = Number(entries.get("offset") ?? 0);
    const length = Number(entries.get("length") ?? file.byteLength - start);
    const whole = Number.isSafeInteger(start) && Number.isSafeInteger(length) && start >= 0 && length >= 0;
    if (!whole || start + length > file.byteLength) {
      throw new FoveaError(
        "bad-file",
        `${where}: tensor "${tensor.name}": expected bytes ${entries.get("offset") ?? 0} + ${entries.get("length") ?? "all"} of ${nameOf(location)}, got a file of ${file.byteLength} bytes`,
      );
    }
    budget.spend("outside", length);
    const sum = (taken.get(location) ?? 0) + length;
    taken.set(location, sum);
    if (sum > mostShared * file.byteLength + freelyShared) {
      throw new FoveaError(
        "bad-file",
        `${where}: tensor "${tensor.name}": expected tensors that share few bytes, got more than ${mostShared} times the ${file.byteLength} bytes of ${nameOf(location)}`,
      );
    }
    tensors.set(tensor, part(file, start, length));
  }
  return tensors;
}

/** A location for people; a model's own file has none that is a path. */
function nameOf(location: string): string {
  return location === ownFile ? "the file" : location;
}

function part(file: Uint8Array | ExternalFile, offset: number, byteLength: number): Uint8Array | FileBytes {
  if (file instanceof Uint8Array) return file.subarray(offset, offset + byteLength);
  return { path: file.path, offset, byteLength, read: () => file.read(offset, byteLength) };
}

/** Of the graph, its nodes' attributes, and subgraphs. */
function outsideOf(graph: GraphProto | undefined): TensorProto[] {
  if (graph === undefined) return [];
  const attributes = graph.node.flatMap(({ attribute }) => attribute);
  const tensors = [...graph.initializer, ...attributes.flatMap(({ t, tensors }) => (t ? [t, ...tensors] : tensors))];
  const inner = attributes.flatMap(({ g, graphs }) => (g ? [g, ...graphs] : graphs)).flatMap(outsideOf);
  return [...tensors.filter((tensor) => tensor.dataLocation === TensorProto_DataLocation.EXTERNAL), ...inner];
}
