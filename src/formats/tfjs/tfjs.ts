/** @file TensorFlow.js layers models: a JSON file with the description, and shards of weights beside it. */

import { FoveaError } from "../../foundation/error.js";
import { sizeOf, Tensor } from "../../onnx/tensor.js";
import { isObject, type Json, list, object, parseObject, Settings, show, text } from "../json.js";
import { type KerasLayer, type KerasSource, kerasModel } from "../keras/config.js";
import { assignVariables, leafLayers, type StoredArray, shareVariables } from "../keras/variables.js";

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
  const arrays = list(file.weightsManifest, `${where}: weightsManifest`).flatMap((group) =>
    arraysOf(object(group, `${where}: weightsManifest`), readShard, where),
  );
  const variables = new Map<KerasLayer, ReadonlyMap<string, Tensor>>();
  assignVariables(leafLayers(model), arrays, variables, where);
  const version = topology.keras_version;
  const legacy = topology.module === undefined && !(typeof version === "string" && /^[3-9]\./.test(version));
  return { model, variables: shareVariables(model, variables), legacy, where };
}

/** A group's shards, joined, hold its weights one after another. */
function arraysOf(group: Json, readShard: ReadShard, where: string): StoredArray[] {
  const paths = list(group.paths, `${where}: paths`).map((path) => text(path, `${where}: paths`));
  const shards = paths.map(readShard);
  const bytes = new Uint8Array(shards.reduce((size, shard) => size + shard.length, 0));
  let start = 0;
  for (const shard of shards) {
    bytes.set(shard, start);
    start += shard.length;
  }
  start = 0;
  return list(group.weights, `${where}: weights`).map((each) => {
    const entry = object(each, `${where}: weights`);
    const name = text(entry.name, `${where}: name of weights`);
    const here = `${where}: weights ${show(name)}`;
    const dims = list(entry.shape, `${here}: shape`);
    if (!areSizes(dims)) throw new FoveaError("bad-file", `${here}: shape: expected sizes, got ${show(dims)}`);
    const quantization = isObject(entry.quantization) ? new Settings(entry.quantization, here) : undefined;
    const type = quantization ? quantization.string("dtype") : text(entry.dtype, `${here}: dtype`);
    if (!isNumberType(type)) throw new FoveaError("bad-file", `${here}: expected numbers, got ${show(type)}`);
    const size = sizeOf(dims) * widths[type];
    const slice = bytes.slice(start, start + size);
    start += size;
    return {
      name: name.replace(/:\d+$/, ""),
      read: () => {
        if (slice.length === size) return dequantize(new Tensor(type, dims, slice), quantization);
        throw new FoveaError("bad-file", `${here}: expected ${size} bytes in ${paths}, got ${slice.length}`);
      },
    };
  });
}

const widths = { float32: 4, float16: 2, uint8: 1, uint16: 2, int32: 4 } as const;

function isNumberType(type: string): type is keyof typeof widths {
  return Object.hasOwn(widths, type);
}

function areSizes(dims: readonly unknown[]): dims is readonly number[] {
  return dims.every((dim) => typeof dim === "number" && Number.isInteger(dim) && dim >= 0);
}

/** 8 or 16 bits q stand for `min + scale * q`. */
function dequantize(tensor: Tensor, quantization: Settings | undefined): Tensor {
  if (tensor.type === "float16")
    return new Tensor("float32", tensor.dims, new Tensor("float32", tensor.dims, tensor).data);
  if (quantization === undefined) return tensor;
  const [scale, least] = [quantization.number("scale"), quantization.number("min")];
  return new Tensor(
    "float32",
    tensor.dims,
    Float32Array.from<number | bigint>(tensor.data, (q) => Number(q) * scale + least),
  );
}
