/** @file Checkpoints as files: an ONNX container with the state as initializers, the rest as metadata, and a checksum at its end. */

import { isObject } from "../foundation/check.js";
import { FoveaError } from "../foundation/error.js";
import { emptyGraph } from "../onnx/graph.js";
import { readModel } from "../onnx/read/read.js";
import type { Tensor } from "../onnx/tensor.js";
import { writeModel } from "../onnx/write.js";
import { crc32 } from "./crc32.js";
import { balances } from "./step/balance.js";
import type { Checkpoint, EpochRecord, StartingPoint, TrainingSettings } from "./train.js";
import { heads } from "./trainable.js";

const key = "fovea.checkpoint";

/** A checkpoint as bytes. */
export function encodeCheckpoint({ settings, history, state }: Checkpoint): Uint8Array {
  const graph = emptyGraph("checkpoint");
  graph.initializers = new Map(Object.entries(state));
  graph.outputs = Object.entries(state).map(([name, { type, dims }]) => ({ name, type, dims }));
  graph.metadata.set(key, JSON.stringify({ settings, history }));
  const model = writeModel(graph);
  const end = endOf(model);
  const bytes = new Uint8Array(model.length + end.length);
  bytes.set(model);
  bytes.set(end, model.length);
  return bytes;
}

/**
 * A checkpoint from its bytes.
 * @param where what it is called in errors. Default `checkpoint`
 * @throws FoveaError `bad-file` when the bytes are no checkpoint, not all of one, or not those that were written
 */
export function decodeCheckpoint(bytes: Uint8Array, where = "checkpoint"): StartingPoint {
  const wrong = (got: string) =>
    new FoveaError("bad-file", `${where}: expected the whole checkpoint of an unfinished training, got ${got}`);
  if (bytes.length === 0) throw wrong("an empty file");
  const size = Math.max(0, bytes.length - endOf(Uint8Array.of()).length);
  const model = bytes.subarray(0, size);
  if (!endOf(model).every((byte, i) => byte === bytes[size + i]))
    throw wrong("a file that is damaged, or of an earlier version");
  const graph = readModel(model, where);
  const { settings, history } = partsIn(graph.metadata.get(key));
  if (!isSettings(settings)) throw wrong("one without the settings of a training");
  if (!isHistory(history) || history.length > settings.epochs) throw wrong("one without the history of its epochs");
  const state: Record<string, Tensor> = Object.fromEntries(graph.initializers);
  return { settings, history, state, where };
}

/**
 * What ends a file: one more entry of the model's metadata (field 14 of ONNX's ModelProto), the checksum of all bytes before. So the file is
 * still a model to whoever else reads it.
 */
function endOf(model: Uint8Array): Uint8Array {
  const bytesOf = (text: string) => new TextEncoder().encode(text);
  const [name, sum] = [bytesOf("fovea.checksum"), bytesOf(crc32(model).toString(16).padStart(8, "0"))];
  const entry = [0x0a, name.length, ...name, 0x12, sum.length, ...sum];
  return Uint8Array.of(0x72, entry.length, ...entry);
}

function partsIn(text: string | undefined): { readonly settings?: unknown; readonly history?: unknown } {
  try {
    const value: unknown = JSON.parse(text ?? "");
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

const isText = (value: unknown) => typeof value === "string";
const isNumber = (value: unknown) => typeof value === "number" && Number.isFinite(value);
/** What is no number is null in JSON, as is the loss of a training that went astray. */
const isMeasured = (value: unknown) => value === null || isNumber(value);
const isAmounts = (value: unknown) => value === null || (isObject(value) && Object.values(value).every(isNumber));

const isTexts = (value: unknown) => Array.isArray(value) && value.every(isText);
const optional = (check: (value: unknown) => boolean) => (value: unknown) => value === undefined || check(value);

type Checks<Type> = Readonly<Record<keyof Type, (value: unknown) => boolean>>;

const settingsChecks: Checks<TrainingSettings> = {
  network: isText,
  head: (value) => heads.some((head) => head === value),
  balance: (value) => balances.some((balance) => balance === value),
  epochs: isNumber,
  batchSize: isNumber,
  optimizer: isText,
  schedule: isText,
  learningRate: isNumber,
  weightDecay: isNumber,
  labelSmoothing: isNumber,
  augmentation: isAmounts,
  seed: isNumber,
  exchange: optional(isTexts),
  energyLoss: optional(isNumber),
  adversarial: optional((value) => value !== null && isAmounts(value)),
  lastLayer: optional((value) => value === "groups"),
};

const recordChecks: Checks<EpochRecord> = {
  epoch: isNumber,
  trainLoss: isMeasured,
  trainAccuracy: isMeasured,
  validationLoss: isMeasured,
  validationAccuracy: isMeasured,
  learningRate: isNumber,
  seconds: isNumber,
};

function passes<Type>(value: unknown, checks: Checks<Type>): value is Type {
  if (!isObject(value)) return false;
  return Object.entries<(value: unknown) => boolean>(checks).every(([name, check]) => check(value[name]));
}

/** Whether a value read from a file is the settings of a training. */
export function isSettings(value: unknown): value is TrainingSettings {
  return passes(value, settingsChecks);
}

function isHistory(value: unknown): value is readonly EpochRecord[] {
  return Array.isArray(value) && value.every((record, i) => passes(record, recordChecks) && record.epoch === i + 1);
}
