/** @file TensorFlow.js layers models: a JSON file with the description, and shards of weights beside it. */

import { isObject } from "../../foundation/check.js";
import { FoveaError } from "../../foundation/error.js";
import { Tensor } from "../../onnx/tensor.js";
import { object, parseObject, type Settings } from "../json.js";
import { type KerasLayer, type KerasSource, kerasModel } from "../keras/config.js";
import { assignVariables, leafLayers, shareVariables } from "../keras/variables.js";
import { type ReadShard, readManifest } from "./manifest.js";

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
  const arrays = readManifest(file.weightsManifest, readShard, where).map(({ name, type, dims, bytes, settings }) => ({
    name,
    read: () => dequantize(new Tensor(type, dims, bytes.slice()), settings),
  }));
  const variables = new Map<KerasLayer, ReadonlyMap<string, Tensor>>();
  assignVariables(leafLayers(model), arrays, variables, where);
  const version = topology.keras_version;
  const legacy = topology.module === undefined && !(typeof version === "string" && /^[3-9]\./.test(version));
  return { model, variables: shareVariables(model, variables), legacy, where };
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
