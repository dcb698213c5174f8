/** @file `.keras` files: a zip of the model's description and an HDF5 file of its weights. */

import { FoveaError } from "../../foundation/error.js";
import type { Tensor } from "../../onnx/tensor.js";
import { parseObject } from "../json.js";
import { type KerasLayer, type KerasModel, kerasModel, saveWhole } from "./config.js";
import type { KerasSource } from "./graph.js";
import { type Hdf5, withHdf5 } from "./hdf5.js";
import { borrowing, variableNames } from "./variables.js";

const members = ["config.json", "metadata.json", "model.weights.h5"];

/** @throws FoveaError `bad-file`, `unsupported-operator` */
export async function readKerasZip(bytes: Uint8Array, where: string): Promise<KerasSource> {
  const { unzipSync } = await import("fflate");
  let files: Readonly<Record<string, Uint8Array>>;
  try {
    files = unzipSync(bytes, { filter: ({ name }) => members.includes(name) });
  } catch (cause) {
    const message = (cause as Error).message;
    throw new FoveaError("bad-file", `${where}: expected a whole .keras file, got a damaged zip (${message})`, {
      cause,
    });
  }
  const member = (name: string): Uint8Array => {
    const found = files[name];
    if (found) return found;
    const got = `got none: ${saveWhole}`;
    throw new FoveaError("bad-file", `${where}: expected a .keras file with ${name} in it, ${got}`);
  };
  const model = kerasModel(
    parseObject(new TextDecoder().decode(member("config.json")), `${where}: config.json`),
    where,
  );
  const weights = member("model.weights.h5");
  const own = await withHdf5(weights, `${where}: model.weights.h5`, (file) => {
    const found = new Map<KerasLayer, ReadonlyMap<string, Tensor>>();
    collect(file, model, "", found, where);
    return found;
  });
  return { model, variables: borrowing(model, own), legacy: isLegacy(files["metadata.json"], where), where };
}

/** Keras 2 wrote such files, too, from 2.12 on. */
function isLegacy(metadata: Uint8Array | undefined, where: string): boolean {
  if (metadata === undefined) return false;
  const { keras_version: version } = parseObject(new TextDecoder().decode(metadata), `${where}: metadata.json`);
  return typeof version === "string" && Number.parseInt(version, 10) < 3;
}

/** Groups are named after classes and counted within each model, whatever the layers are called. */
function collect(
  file: Hdf5,
  model: KerasModel,
  prefix: string,
  own: Map<KerasLayer, ReadonlyMap<string, Tensor>>,
  where: string,
): void {
  const groupOf = groupNames(file, prefix);
  for (const layer of model.layers) {
    const path = groupOf(snakeCase(layer.className));
    if (layer.model) {
      collect(file, layer.model, `${path}/`, own, where);
      continue;
    }
    const variables = new Map<string, Tensor>();
    own.set(layer, variables);
    const used = new Map<string, number>();
    for (const [name = ""] of variableNames(layer, where)) {
      const [part, variable] = name.includes("/") ? (name.split("/") as [string, string]) : ["", name];
      const folder = part === "" ? path : subLayer(file, path, part);
      const index = used.get(folder) ?? 0;
      used.set(folder, index + 1);
      const tensor = file.tensor(`${folder}/vars/${index}`);
      if (tensor) variables.set(part === "" ? variable : name, tensor);
    }
  }
}

/** Gives the group of the next layer of a kind. */
function groupNames(file: Hdf5, prefix: string): (kind: string) => string {
  const counts = new Map<string, number>();
  const counted = (kind: string) => {
    const count = counts.get(kind) ?? 0;
    counts.set(kind, count + 1);
    return count;
  };
  const numbered = (kind: string, number: number) => (number === 0 ? kind : `${kind}_${number}`);
  const old = `${prefix}_layer_checkpoint_dependencies`;
  const names = file.children(`${prefix}layers`) ? undefined : file.children(old);
  if (names === undefined) return (kind) => `${prefix}layers/${numbered(kind, counted(kind))}`;
  // Keras 2.12 and 2.13 counted layers with weights twice: there is a group for each layer, but its number leaps.
  const numbersOf = (kind: string) =>
    names
      .flatMap((name) =>
        name === kind ? [0] : name.startsWith(`${kind}_`) ? [Number(name.slice(kind.length + 1))] : [],
      )
      .filter(Number.isInteger)
      .sort((a, b) => a - b);
  return (kind) => {
    const count = counted(kind);
    return `${old}/${numbered(kind, numbersOf(kind)[count] ?? count)}`;
  };
}

/** What Keras calls the parts of its attention; Keras 2 puts an underscore before it. */
function subLayer(file: Hdf5, path: string, part: string): string {
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
