/** @file The weights of a TensorFlow.js model: first added up as its manifest declares them, then read from their shards. */

import { inputKinds } from "../../files/input/input-kinds.js";
import { isObject } from "../../foundation/check.js";
import { FoveaError } from "../../foundation/error.js";
import { bytesInWords } from "../../foundation/words.js";
import { sizeOf } from "../../onnx/tensor.js";
import { list, object, Settings, show, text } from "../json.js";

/**
 * The bytes of a file beside the JSON file.
 * @param most the bytes that may be in it; of a larger one, these and one more will do
 */
export type ReadShard = (path: string, most: number) => Uint8Array;

/** An array as it is stored. */
export interface StoredWeights {
  /** Without `:0`. */
  readonly name: string;
  readonly type: keyof typeof widths;
  readonly dims: readonly number[];
  readonly bytes: Uint8Array;
  /** Of weights that are quantized. */
  readonly settings: Settings | undefined;
}

const widths = { float32: 4, float16: 2, uint8: 1, uint16: 2, int32: 4 } as const;

interface Declared extends Omit<StoredWeights, "bytes"> {
  readonly where: string;
  readonly byteLength: number;
}

/** Weights that lie one after another in the shards of a group, which are joined. */
interface Group {
  readonly paths: readonly string[];
  readonly weights: readonly Declared[];
}

/**
 * @param manifest `weightsManifest` of model.json
 * @param where begins the errors
 * @throws FoveaError `bad-file` for a shard that is named twice, and for shards of more or fewer bytes than are declared
 */
export function readManifest(manifest: unknown, readShard: ReadShard, where: string): StoredWeights[] {
  const groups = list(manifest, `${where}: weightsManifest`).map((group) => groupOf(group, where));
  const numbers = groups.reduce((sum, { weights }) => weights.reduce((all, { dims }) => all + sizeOf(dims), sum), 0);
  const { most } = inputKinds.model;
  if (4 * numbers > most) {
    const got = `got ${bytesInWords(4 * numbers)}`;
    throw new FoveaError("bad-file", `${where}: weights: expected at most ${bytesInWords(most)} of numbers, ${got}`);
  }
  const paths = groups.flatMap((group) => group.paths.map(plainPath));
  const repeated = paths.length > new Set(paths).size;
  if (repeated) throw new FoveaError("bad-file", `${where}: paths: expected each file of weights once, got one again`);
  return groups.flatMap((group) => readGroup(group, readShard, where));
}

/** Other spellings of the same. */
function plainPath(path: string): string {
  return path
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .join("/");
}

function groupOf(value: unknown, where: string): Group {
  const group = object(value, `${where}: weightsManifest`);
  return {
    paths: list(group.paths, `${where}: paths`).map((path) => text(path, `${where}: paths`)),
    weights: list(group.weights, `${where}: weights`).map((each) => declared(each, where)),
  };
}

function declared(value: unknown, model: string): Declared {
  const entry = object(value, `${model}: weights`);
  const name = text(entry.name, `${model}: name of weights`);
  const where = `${model}: weights ${show(name)}`;
  const dims = list(entry.shape, `${where}: shape`);
  if (!areSizes(dims)) throw new FoveaError("bad-file", `${where}: shape: expected sizes, got ${show(dims)}`);
  const settings = isObject(entry.quantization) ? new Settings(entry.quantization, where) : undefined;
  const type = settings ? settings.string("dtype") : text(entry.dtype, `${where}: dtype`);
  if (!isNumberType(type)) throw new FoveaError("bad-file", `${where}: expected numbers, got ${show(type)}`);
  const byteLength = sizeOf(dims) * widths[type];
  return { where, name: name.replace(/:\d+$/, ""), type, dims, settings, byteLength };
}

function isNumberType(type: string): type is keyof typeof widths {
  return Object.hasOwn(widths, type);
}

function areSizes(dims: readonly unknown[]): dims is readonly number[] {
  return dims.every((dim) => typeof dim === "number" && Number.isInteger(dim) && dim >= 0);
}

function readGroup({ paths, weights }: Group, readShard: ReadShard, where: string): StoredWeights[] {
  const total = weights.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const bytes = new Uint8Array(total);
  let filled = 0;
  for (const path of paths) {
    const shard = readShard(path, total - filled);
    if (filled + shard.length > total) {
      const got = `got more in ${show(path)}`;
      throw new FoveaError("bad-file", `${where}: expected ${total} bytes of weights, as it declares, ${got}`);
    }
    bytes.set(shard, filled);
    filled += shard.length;
  }
  let start = 0;
  return weights.map(({ where: here, byteLength, ...rest }) => {
    const has = Math.max(0, Math.min(byteLength, filled - start));
    if (has < byteLength) {
      const files = paths.slice(0, 5).join(",");
      throw new FoveaError("bad-file", `${here}: expected ${byteLength} bytes in ${files}, got ${has}`);
    }
    start += byteLength;
    return { ...rest, bytes: bytes.subarray(start - byteLength, start) };
  });
}
