/** @file Weights that a model file keeps in other files beside it. */

import { type GraphProto, type ModelProto, type TensorProto, TensorProto_DataLocation } from "onnx-buf";
import { FoveaError } from "../error.js";

/** The bytes of a file that a model names, relative to the model's folder. */
export type ReadExternal = (location: string) => Uint8Array;

/**
 * Puts the bytes of external tensors into a decoded model, as views: nothing is copied. Every file is read once.
 * @throws FoveaError `bad-file` where a tensor's place in its file does not exist
 */
export function fillExternalData(model: ModelProto, read: ReadExternal, where: string): void {
  const files = new Map<string, Uint8Array>();
  for (const tensor of externalTensors(model.graph)) {
    const entries = new Map(tensor.externalData.map(({ key, value }) => [key, value]));
    const location = entries.get("location") ?? "";
    const file = files.get(location) ?? read(location);
    files.set(location, file);
    const start = Number(entries.get("offset") ?? 0);
    const length = Number(entries.get("length") ?? file.length - start);
    const whole = Number.isSafeInteger(start) && Number.isSafeInteger(length) && start >= 0 && length >= 0;
    if (!whole || start + length > file.length) {
      throw new FoveaError(
        "bad-file",
        `${where}: tensor "${tensor.name}": expected bytes ${entries.get("offset") ?? 0} + ${entries.get("length") ?? "all"} of ${location}, got a file of ${file.length} bytes`,
      );
    }
    tensor.rawData = file.subarray(start, start + length) as Uint8Array<ArrayBuffer>;
    tensor.dataLocation = TensorProto_DataLocation.DEFAULT;
    tensor.externalData = [];
  }
}

/** Of the graph, its nodes' attributes, and subgraphs. */
function externalTensors(graph: GraphProto | undefined): TensorProto[] {
  if (graph === undefined) return [];
  const attributes = graph.node.flatMap(({ attribute }) => attribute);
  const tensors = [...graph.initializer, ...attributes.flatMap(({ t, tensors }) => (t ? [t, ...tensors] : tensors))];
  const inner = attributes.flatMap(({ g, graphs }) => (g ? [g, ...graphs] : graphs)).flatMap(externalTensors);
  return [...tensors.filter((tensor) => tensor.dataLocation === TensorProto_DataLocation.EXTERNAL), ...inner];
}
