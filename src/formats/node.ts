/** @file Model files other than ONNX, read on Node. */

import { closeSync, existsSync, openSync, readFileSync, readSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative } from "node:path";
import { FoveaError } from "../foundation/error.js";
import type { Graph } from "../onnx/graph.js";
import { foreignFileError, formatOf, headLength } from "./format.js";

/**
 * The graph of a Keras or TensorFlow.js model; undefined for what is none, such as an ONNX file.
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

/** The first bytes of a file, or undefined for what is no readable file. */
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

/** A file of the model's own folder, links followed. */
function shardBeside(modelPath: string, name: string): Buffer {
  const where = `${modelPath}: weights at ${JSON.stringify(name.slice(0, 80))}`;
  const isInside = (folder: string, path: string) => {
    const way = relative(folder, path);
    return way !== "" && !isAbsolute(way) && !/^\.\.([/\\]|$)/.test(way);
  };
  const folder = dirname(modelPath);
  const path = join(folder, name);
  const bad = (got: string) =>
    new FoveaError("bad-file", `${where}: expected a file in the model's folder, got ${got}`);
  if (name.includes("\0") || isAbsolute(name) || !isInside(folder, path)) throw bad("a path out of it");
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) {
    throw new FoveaError("not-found", `${where}: expected a file in the model's folder, got none`);
  }
  const folders = [folder, dirname(realpathSync(modelPath))].map((each) => realpathSync(each));
  const real = realpathSync(path);
  if (!folders.some((each) => isInside(each, real))) throw bad("a link out of it");
  return readFileSync(real);
}
