/** @file Model files other than ONNX, read on Node. */

import { closeSync, existsSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { pathBeside } from "../files/own-folder.js";
import { regularFile } from "../files/regular-file.js";
import type { FoveaError } from "../foundation/error.js";
import type { Graph } from "../onnx/graph.js";
import { foreignFileError, formatOf, headLength } from "./format.js";

/**
 * The graph of a Keras or TensorFlow.js model; undefined for others, such as an ONNX file.
 * @throws FoveaError `bad-file`, `shape-mismatch`, `not-found` for missing weights; `unsupported-operator` for layers that only
 *   Python can run, and files of PyTorch and TensorFlow, with what to do instead
 */
export async function graphAt(path: string): Promise<Graph | undefined> {
  if (basename(path) === "saved_model.pb" && existsSync(path)) throw savedModel(path, dirname(path));
  if (existsSync(join(path, "saved_model.pb"))) throw savedModel(path, path);
  const head = headOf(path);
  if (head === undefined || formatOf(head, path) === undefined) return undefined;
  const { graphOf } = await import("./graph-of.js");
  return graphOf(readFileSync(path), path, (name) => shardBeside(path, name));
}

function savedModel(path: string, folder: string): FoveaError {
  const command = `python -m tf2onnx.convert --saved-model ${folder} --output model.onnx`;
  return foreignFileError(path, "a TensorFlow SavedModel", command);
}

/** The first bytes of a file, or undefined for a file that cannot be read. */
function headOf(path: string): Buffer | undefined {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return undefined;
  let file: number;
  try {
    file = openSync(path, "r");
  } catch {
    return undefined;
  }
  try {
    const head = Buffer.alloc(headLength);
    return head.subarray(0, readSync(file, head, 0, headLength, 0));
  } finally {
    closeSync(file);
  }
}

/** The bytes of a file of the model's own folder. */
function shardBeside(modelPath: string, name: string): Uint8Array {
  const where = `${modelPath}: weights at ${JSON.stringify(name.slice(0, 80))}`;
  const { byteLength, read } = regularFile(pathBeside(modelPath, name, where), where);
  return read(0, byteLength);
}
