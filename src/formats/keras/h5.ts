/** @file `.h5` files of whole models, as Keras 2 and 3 write them. */

import type { ByteSource } from "../../files/input/byte-source.js";
import { FoveaError } from "../../foundation/error.js";
import type { Tensor } from "../../onnx/tensor.js";
import { parseObject } from "../json.js";
import { type KerasLayer, type KerasSource, kerasModel, saveWhole } from "./config.js";
import { type Hdf5, withHdf5 } from "./hdf5.js";
import { assignVariables, leavesOf, type StoredArray, shareVariables } from "./variables.js";
import type { Watch } from "./watch.js";

/**
 * @param source the file, of any size
 * @param watch see `withHdf5`
 * @throws FoveaError `bad-file`, `unsupported-operator`
 */
export function readKerasH5(source: ByteSource, where: string, watch?: Watch): Promise<KerasSource> {
  const read = (file: Hdf5) => {
    const config = file.attribute("/", "model_config");
    if (typeof config !== "string") throw incompleteError(file, where);
    const model = kerasModel(parseObject(config, `${where}: model_config`), where);
    if (file.children("model_weights") === undefined) {
      throw new FoveaError("bad-file", `${where}: expected weights, got only the description of a model: ${saveWhole}`);
    }
    const variables = new Map<KerasLayer, ReadonlyMap<string, Tensor>>();
    for (const layer of model.layers) {
      assignVariables(leavesOf(layer), arraysOf(file, `model_weights/${layer.name}`, where), variables, where);
    }
    const version = file.attribute("/", "keras_version");
    const legacy = !(typeof version === "string" && Number.parseInt(version, 10) >= 3);
    return { model, variables: shareVariables(model, variables), legacy, where };
  };
  return withHdf5(source, where, read, watch);
}

function incompleteError(file: Hdf5, where: string): FoveaError {
  const weights = file.attribute("/", "layer_names") !== undefined || file.children("layers") !== undefined;
  return new FoveaError(
    "bad-file",
    weights
      ? `${where}: expected a whole Keras model, got its weights alone: ${saveWhole}`
      : `${where}: expected a Keras model, got an HDF5 file without model_config: ${saveWhole}`,
  );
}

/** The arrays of a top-level layer, in the order that its attribute gives them. */
function arraysOf(file: Hdf5, group: string, where: string): StoredArray[] {
  return weightNames(file, group).map((name) => ({
    name: name.replace(/:\d+$/, ""),
    read: () => {
      const tensor = file.tensor(`${group}/${name}`);
      if (tensor) return tensor;
      throw new FoveaError("bad-file", `${where}: expected weights "${name}" of ${group}, got none`);
    },
  }));
}

/** HDF5 keeps at most 64 kB in an attribute: more names are split over `weight_names0`, `weight_names1` ... */
function weightNames(file: Hdf5, group: string): string[] {
  const names = (attribute: string) => {
    const value = file.attribute(group, attribute);
    return value === undefined ? undefined : [value].flat().filter((each) => typeof each === "string");
  };
  const whole = names("weight_names");
  if (whole) return whole;
  const parts: string[] = [];
  for (let i = 0; ; i++) {
    const part = names(`weight_names${i}`);
    if (part === undefined) return parts;
    parts.push(...part);
  }
}
