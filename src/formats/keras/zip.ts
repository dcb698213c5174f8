/** @file `.keras` files: a zip of the model's description and an HDF5 file of its weights. */

import type { ByteSource } from "../../files/input/byte-source.js";
import { inputKinds, refuseSize } from "../../files/input/input-kinds.js";
import { FoveaError } from "../../foundation/error.js";
import type { Tensor } from "../../onnx/tensor.js";
import { parseObject } from "../json.js";
import { openZip } from "../zip/member.js";
import { type KerasLayer, type KerasModel, type KerasSource, kerasModel, saveWhole } from "./config.js";
import { type Hdf5, withHdf5 } from "./hdf5.js";
import { shareVariables, variableNames } from "./variables.js";
import type { Watch } from "./watch.js";

/** Of weights that are deflated, unpacked: Keras stores them as they are, and then they are read where they lie. */
const mostDeflated = 640 * 2 ** 20;

/**
 * @param source the file, of any size
 * @param watch see `withHdf5`
 * @throws FoveaError `bad-file`, `unsupported-operator`
 */
export async function readKerasZip(source: ByteSource, where: string, watch?: Watch): Promise<KerasSource> {
  const archive = openZip(source, where);
  const { most } = inputKinds.description;
  const text = async (name: string) => {
    const file = await archive.member(name, most);
    return file && textOf(file, `${where}: ${name}`);
  };
  const member = <Content>(name: string, content: Content | undefined): Content => {
    if (content !== undefined) return content;
    const got = `got none: ${saveWhole}`;
    throw new FoveaError("bad-file", `${where}: expected a .keras file with ${name} in it, ${got}`);
  };
  const config = member("config.json", await text("config.json"));
  const model = kerasModel(parseObject(config, `${where}: config.json`), where);
  const legacy = isLegacy(await text("metadata.json"), where);
  const weights = member("model.weights.h5", await archive.member("model.weights.h5", mostDeflated));
  const read = (file: Hdf5) => {
    const ofLayers = new Map<KerasLayer, ReadonlyMap<string, Tensor>>();
    collect(file, model, "", ofLayers, where);
    return ofLayers;
  };
  const variables = await withHdf5(weights, `${where}: model.weights.h5`, read, watch);
  return { model, variables: shareVariables(model, variables), legacy, where };
}

function textOf(file: ByteSource, where: string): string {
  refuseSize(file.byteLength, "description", where);
  return new TextDecoder().decode(file.read(0, file.byteLength));
}

/** Keras 2 wrote such files, too, from 2.12 on. */
function isLegacy(metadata: string | undefined, where: string): boolean {
  if (metadata === undefined) return false;
  const { keras_version: version } = parseObject(metadata, `${where}: metadata.json`);
  return typeof version === "string" && Number.parseInt(version, 10) < 3;
}

/** Groups are named after classes and counted within each model, whatever the layers are called. */
function collect(
  file: Hdf5,
  model: KerasModel,
  prefix: string,
  ofLayers: Map<KerasLayer, ReadonlyMap<string, Tensor>>,
  where: string,
): void {
  const groupOf = groupNames(file, prefix);
  for (const layer of model.layers) collectLayer(file, layer, groupOf(snakeCase(layer.className)), ofLayers, where);
}

/** @param path of the layer's group */
function collectLayer(
  file: Hdf5,
  layer: KerasLayer,
  path: string,
  ofLayers: Map<KerasLayer, ReadonlyMap<string, Tensor>>,
  where: string,
): void {
  if (layer.model) {
    collect(file, layer.model, `${path}/`, ofLayers, where);
    return;
  }
  if (layer.wrapped) {
    collectLayer(file, layer.wrapped, `${path}/layer`, ofLayers, where);
    return;
  }
  const variables = new Map<string, Tensor>();
  ofLayers.set(layer, variables);
  const counts = new Map<string, number>();
  for (const [name = ""] of variableNames(layer, where)) {
    const slash = name.lastIndexOf("/");
    const [part, variable] = [name.slice(0, Math.max(slash, 0)), name.slice(slash + 1)];
    const folder = part === "" ? path : subLayer(file, path, part);
    const index = counts.get(folder) ?? 0;
    counts.set(folder, index + 1);
    const tensor = file.tensor(`${folder}/vars/${index}`);
    if (tensor) variables.set(part === "" ? variable : name, tensor);
  }
}

/** Gives the group of the next layer of a kind. */
function groupNames(file: Hdf5, prefix: string): (kind: string) => string {
  const counts = new Map<string, number>();
  const countKind = (kind: string) => {
    const count = counts.get(kind) ?? 0;
    counts.set(kind, count + 1);
    return count;
  };
  const numberName = (kind: string, number: number) => (number === 0 ? kind : `${kind}_${number}`);
  const old = `${prefix}_layer_checkpoint_dependencies`;
  const names = file.children(`${prefix}layers`) ? undefined : file.children(old);
  if (names === undefined) return (kind) => `${prefix}layers/${numberName(kind, countKind(kind))}`;
  // Keras 2.12 and 2.13 counted layers with weights twice: there is a group for each layer, but its number leaps.
  const numbersOf = (kind: string) =>
    names
      .flatMap((name) =>
        name === kind ? [0] : name.startsWith(`${kind}_`) ? [Number(name.slice(kind.length + 1))] : [],
      )
      .filter(Number.isInteger)
      .sort((a, b) => a - b);
  const numbers = new Map<string, readonly number[]>();
  return (kind) => {
    const count = countKind(kind);
    const ofKind = numbers.get(kind) ?? numbersOf(kind);
    numbers.set(kind, ofKind);
    return `${old}/${numberName(kind, ofKind[count] ?? count)}`;
  };
}

/** The group of a part: under its name, or as Keras' attention calls it; Keras 2 puts an underscore before that. */
function subLayer(file: Hdf5, path: string, part: string): string {
  if (file.children(`${path}/${part}`)) return `${path}/${part}`;
  const name = `${part.replace("attention_", "")}_dense`;
  return file.children(`${path}/_${name}`) ? `${path}/_${name}` : `${path}/${name}`;
}

/** Keras' own rule: `Conv2DTranspose` is `conv2d_transpose`, `PReLU` is `p_re_lu`. */
function snakeCase(name: string): string {
  return name
    .replace(/\W+/g, "")
    .replace(/(.)([A-Z][a-z]+)/g, "$1_$2")
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase();
}
