/** @file TensorFlow.js layers models: a JSON file with the description, and shards of weights beside it. */

import { FoveaError } from "../../foundation/error.js";
import { sizeOf, Tensor } from "../../onnx/tensor.js";
import { isObject, type Json, list, object, parseObject, Settings, shown, text } from "../json.js";
import { type KerasLayer, kerasModel } from "../keras/config.js";
import type { KerasSource } from "../keras/graph.js";
import { assign, borrowing, leaves, type Stored } from "../keras/variables.js";

/** The bytes of a file beside the JSON file. */
export type ReadShard = (path: string) => Uint8Array;

/**
 * @param json the text of model.json
 * @throws FoveaError `bad-file`, `unsupported-operator`
 */
export function readTfjs(json: string, readShard: ReadShard, where: string): KerasSource {
  const file = parseObject(json, where);
  if (file.modelTopology === undefined) {
    const got = "got JSON without modelTopology";
    throw new FoveaError("bad-file", `${where}: expected the model.json of a TensorFlow.js layers model, ${got}`);
  }
  const topology = object(file.modelTopology, `${where}: modelTopology`);
  if (file.format === "graph-model" || topology.node !== undefined) {
    throw new FoveaError(
      "unsupported-operator",
      `${where}: expected a layers model, got a TensorFlow.js graph model: python -m tf2onnx.convert --tfjs ${where} --output model.onnx`,
    );
  }
  const model = kerasModel(isObject(topology.model_config) ? topology.model_config : topology, where);
  const stored = list(file.weightsManifest, `${where}: weightsManifest`).flatMap((group) =>
    storedIn(object(group, `${where}: weightsManifest`), readShard, where),
  );
  const own = new Map<KerasLayer, ReadonlyMap<string, Tensor>>();
  assign(leaves(model), stored, own, where);
  const version = topology.keras_version;
  const legacy = topology.module === undefined && !(typeof version === "string" && /^[3-9]\./.test(version));
  return { model, variables: borrowing(model, own), legacy, where };
}

/** A group's shards, joined, hold its weights one after another. */
function storedIn(group: Json, readShard: ReadShard, where: string): Stored[] {
  const paths = list(group.paths, `${where}: paths`).map((path) => text(path, `${where}: paths`));
  const shards = paths.map(readShard);
  const bytes = new Uint8Array(shards.reduce((size, shard) => size + shard.length, 0));
  let at = 0;
  for (const shard of shards) {
    bytes.set(shard, at);
    at += shard.length;
  }
  at = 0;
  return list(group.weights, `${where}: weights`).map((each) => {
    const entry = object(each, `${where}: weights`);
    const name = text(entry.name, `${where}: name of weights`);
    const here = `${where}: weights ${JSON.stringify(name)}`;
    const dims = list(entry.shape, `${here}: shape`) as readonly number[];
    if (!dims.every((dim) => Number.isInteger(dim) && dim >= 0)) {
      throw new FoveaError("bad-file", `${here}: shape: expected sizes, got ${shown(dims)}`);
    }
    const quantization = isObject(entry.quantization) ? new Settings(entry.quantization, here) : undefined;
    const type = quantization ? quantization.string("dtype") : text(entry.dtype, `${here}: dtype`);
    if (!Object.hasOwn(widths, type)) throw new FoveaError("bad-file", `${here}: expected numbers, got ${type}`);
    const size = sizeOf(dims) * widths[type as keyof typeof widths];
    const slice = bytes.slice(at, at + size);
    at += size;
    return {
      name: name.replace(/:\d+$/, ""),
      read: () => {
        if (slice.length === size) return decoded(new Tensor(type as keyof typeof widths, dims, slice), quantization);
        throw new FoveaError("bad-file", `${here}: expected ${size} bytes in ${paths}, got ${slice.length}`);
      },
    };
  });
}

const widths = { float32: 4, float16: 2, uint8: 1, uint16: 2, int32: 4 } as const;

/** What 8 or 16 bits stand for is `min + scale * q`. */
function decoded(tensor: Tensor, quantization: Settings | undefined): Tensor {
  if (tensor.type === "float16")
    return new Tensor("float32", tensor.dims, new Tensor("float32", tensor.dims, tensor).data);
  if (quantization === undefined) return tensor;
  const [scale, least] = [quantization.number("scale"), quantization.number("min")];
  return new Tensor(
    "float32",
    tensor.dims,
    Float32Array.from(tensor.data as Uint8Array, (q) => q * scale + least),
  );
}
