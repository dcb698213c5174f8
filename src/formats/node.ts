/** @file Model files other than ONNX, read on Node. */

import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { refuseAddress } from "../files/address.js";
import type { ByteSource } from "../files/input/byte-source.js";
import { startOfFile } from "../files/kinds/start-of-file.js";
import { pathBeside } from "../files/own-folder.js";
import { regularFile } from "../files/regular-file.js";
import { FoveaError } from "../foundation/error.js";
import type { Graph } from "../onnx/graph.js";
import { foreignFileError, formatOf } from "./format.js";
import type { ReadShard } from "./tfjs/manifest.js";

/**
 * The graph of a Keras or TensorFlow.js model; undefined for others, such as an ONNX file.
 * @throws FoveaError `bad-file` for what is no model, `shape-mismatch`, `not-found` for missing weights; `unsupported-operator` for
 *   layers that only Python can run, and files of PyTorch and TensorFlow, with the way to convert them; `bad-input` for an address
 */
export async function graphAt(path: string): Promise<Graph | undefined> {
  refuseAddress(path);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw folderError(path);
  if (basename(path) === "saved_model.pb" && existsSync(path)) throw savedModel(path, dirname(path));
  const head = startOfFile(path);
  if (head === undefined || (await formatOf(head, path)) === undefined) return undefined;
  return graphOf(regularFile(path, path), path, (name, most) => shardBeside(path, name, most));
}

/**
 * The graph of a model that Keras 2 or 3 saved whole (`.keras`, `.h5`), or of a TensorFlow.js layers model (model.json);
 * undefined for a file that may be ONNX. It is that of a page (`graph-of.ts`); besides, an HDF5 file whose reading does not end is
 * refused after some seconds of computing.
 * @param file its bytes, or where they are read from when they are needed
 * @param where begins the errors: best the file's name, whose ending helps to recognise it; default `model`
 * @param readShard reads the files of weights beside a model.json; default: such a model is refused
 * @throws FoveaError `bad-file`, `shape-mismatch`; `unsupported-operator` for layers that only Python can run, and for files of
 *   PyTorch and TensorFlow, with advice
 */
export async function graphOf(
  file: Uint8Array | ByteSource,
  where?: string,
  readShard?: ReadShard,
): Promise<Graph | undefined> {
  const [{ graphOf }, { watchOnNode }] = await Promise.all([import("./graph-of.js"), import("./keras/node.js")]);
  return graphOf(file, where, readShard, watchOnNode());
}

function savedModel(path: string, folder: string): FoveaError {
  const command = `python -m tf2onnx.convert --saved-model ${folder} --output model.onnx`;
  return foreignFileError(path, "a TensorFlow SavedModel", command);
}

/** Says what a folder is, or which model lies in it. */
function folderError(path: string): FoveaError {
  const inside = (name: string) => existsSync(join(path, name));
  if (inside("saved_model.pb")) return savedModel(path, path);
  if (inside("Manifest.json") && inside("Data")) {
    return foreignFileError(path, "a Core ML package", "export it to ONNX with the framework that wrote it");
  }
  const names = [
    ...readdirSync(path),
    ...(inside("onnx") ? readdirSync(join(path, "onnx")).map((name) => `onnx/${name}`) : []),
  ];
  const models = names.filter((name) => /\.(onnx|keras|h5|hdf5)$|^model\.json$/i.test(name));
  const shown = models.slice(0, 3).map((name) => join(path, name));
  const advice = shown.length > 0 ? `: name the model in it, ${shown.join(" or ")}` : "";
  return new FoveaError("bad-file", `${path}: expected a regular file, got a folder${advice}`);
}

/** The bytes of a file of the model's own folder; one more than there may be, of a larger one. */
function shardBeside(modelPath: string, name: string, most: number): Uint8Array {
  const where = `${modelPath}: weights at ${JSON.stringify(name.slice(0, 80))}`;
  const { byteLength, read } = regularFile(pathBeside(modelPath, name, where), where);
  return read(0, Math.min(byteLength, most + 1));
}
