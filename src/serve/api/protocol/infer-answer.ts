/** @file The inference response of the Open Inference Protocol, with the binary tensor extension. */

import type { Scored } from "../engine/messages.js";
import type { InferRequest } from "./infer-request.js";
import { bytesOfElements, bytesOfFloats } from "./numbers.js";
import { modelVersion, type OutputName } from "./outputs.js";

interface Output {
  readonly datatype: "FP32" | "BYTES";
  readonly shape: readonly number[];
  readonly data: () => unknown[];
  readonly bytes: () => Buffer;
}

export interface InferAnswer {
  readonly json: object;
  /** What follows the JSON; undefined where no output is asked for as bytes. */
  readonly binary: Buffer | undefined;
}

/** @param model its name */
export function inferAnswer(model: string, { id, outputs }: InferRequest, results: readonly Scored[]): InferAnswer {
  const parts: Buffer[] = [];
  const written = outputs.map(({ name, binary }) => {
    const { datatype, shape, data, bytes } = outputOf(name, results);
    if (!binary) return { name, datatype, shape, data: data() };
    const part = bytes();
    parts.push(part);
    return { name, datatype, shape, parameters: { binary_data_size: part.length } };
  });
  const answer = { model_name: model, model_version: modelVersion, ...(id === undefined ? {} : { id }) };
  return { json: { ...answer, outputs: written }, binary: parts.length > 0 ? Buffer.concat(parts) : undefined };
}

function outputOf(name: OutputName, results: readonly Scored[]): Output {
  if (name === "classes") {
    const labels = results.map(({ predicted }) => predicted.label);
    return { datatype: "BYTES", shape: [labels.length], data: () => labels, bytes: () => bytesOfElements(labels) };
  }
  const rows = results.map((result) => result[name]);
  return {
    datatype: "FP32",
    shape: [rows.length, rows[0]?.length ?? 0],
    data: () => rows.flatMap((row) => [...row]),
    bytes: () => Buffer.concat(rows.map(bytesOfFloats)),
  };
}
