/** @file Checkpoints as files: an ONNX container with the state as initializers and the rest as metadata. */

import { FoveaError } from "../foundation/error.js";
import { emptyGraph } from "../onnx/graph.js";
import { readModel } from "../onnx/read/read.js";
import type { Tensor } from "../onnx/tensor.js";
import { writeModel } from "../onnx/write.js";
import type { Checkpoint } from "./train.js";

const key = "fovea.checkpoint";

/** A checkpoint as bytes. */
export function encodeCheckpoint({ settings, history, state }: Checkpoint): Uint8Array {
  const graph = emptyGraph("checkpoint");
  graph.initializers = new Map(Object.entries(state));
  graph.outputs = Object.entries(state).map(([name, { type, dims }]) => ({ name, type, dims }));
  graph.metadata.set(key, JSON.stringify({ settings, history }));
  return writeModel(graph);
}

/**
 * A checkpoint from its bytes.
 * @throws FoveaError `bad-file` when the bytes are no checkpoint
 */
export function decodeCheckpoint(bytes: Uint8Array, where = "checkpoint"): Checkpoint {
  const graph = readModel(bytes, where);
  const text = graph.metadata.get(key);
  if (text === undefined)
    throw new FoveaError("bad-file", `${where}: not a checkpoint: expected metadata ${key}, got none`);
  const { settings, history }: Pick<Checkpoint, "settings" | "history"> = JSON.parse(text);
  const state: Record<string, Tensor> = Object.fromEntries(graph.initializers);
  return { settings, history, state };
}
