/** @file Model files other than ONNX, recognised by what they begin with and read on Node. */

import { closeSync, existsSync, openSync, readFileSync, readSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, extname, isAbsolute, join, relative } from "node:path";
import { FoveaError } from "../error.js";
import type { Graph } from "../onnx/index.js";

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
    const head = Buffer.alloc(8);
    return head.subarray(0, readSync(file, head, 0, 8, 0));
  } finally {
    closeSync(file);
  }
}

type Format = "hdf5" | "zip" | "json" | "tflite" | "saved-model";

function formatOf(path: string): Format | undefined {
  if (existsSync(join(path, "saved_model.pb"))) return "saved-model";
  const head = headOf(path);
  if (head === undefined) return undefined;
  if (basename(path) === "saved_model.pb") return "saved-model";
  const [magic, extension] = [head.toString("latin1"), extname(path).toLowerCase()];
  if (magic === "\x89HDF\r\n\x1a\n" || [".h5", ".hdf5"].includes(extension)) return "hdf5";
  if (magic.startsWith("PK\x03\x04") || extension === ".keras") return "zip";
  if (magic.slice(4) === "TFL3" || extension === ".tflite") return "tflite";
  return extension === ".json" ? "json" : undefined;
}

/**
 * The graph of a Keras or TensorFlow.js model; undefined for what is none, such as an ONNX file.
 * @throws FoveaError `bad-file`, `shape-mismatch`, `not-found` for missing weights; `unsupported-operator` for layers that only
 *   Python can run, TensorFlow's SavedModel and TensorFlow Lite, with what to do instead
 */
export async function graphAt(path: string): Promise<Graph | undefined> {
  const format = formatOf(path);
  if (format === undefined) return undefined;
  if (format === "saved-model" || format === "tflite") throw converts(path, format);
  const { graphOfKerasH5, graphOfKerasZip, graphOfTfjs } = await import("./index.js");
  const bytes = readFileSync(path);
  if (format === "hdf5") return graphOfKerasH5(bytes, path);
  if (format === "zip") return graphOfKerasZip(bytes, path);
  return graphOfTfjs(bytes.toString("utf8"), (name) => shardBeside(path, name), path);
}

function converts(path: string, format: "saved-model" | "tflite"): FoveaError {
  const saved = format === "saved-model";
  const source = saved ? `--saved-model ${path.replace(/[/\\]?saved_model\.pb$/, "") || "."}` : `--tflite ${path}`;
  const what = saved ? "a TensorFlow SavedModel" : "a TensorFlow Lite file";
  const command = `python -m tf2onnx.convert ${source} --output model.onnx`;
  return new FoveaError("unsupported-operator", `${path}: expected an ONNX or Keras file, got ${what}: ${command}`);
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
