/** @file Reads model files, and files beside them, from disk. */

import { existsSync, lstatSync, readdirSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pathBeside, realPath } from "../files/own-folder.js";
import { regularFile } from "../files/regular-file.js";
import { messageOf, systemCode } from "../files/system-error.js";
import { graphAt } from "../formats/node.js";
import { FoveaError } from "../foundation/error.js";
import type { Preprocessing } from "../image/input/preprocessing.js";
import type { Graph } from "../onnx/graph.js";
import type { ReadExternal } from "../onnx/read/external-data.js";
import { readModel } from "../onnx/read/read.js";
import { ownFile, skimModel } from "../onnx/read/skim.js";
import { givenSidecar } from "./given-sidecar.js";
import { labelFilesAmong } from "./labels/label-files.js";
import type { Labels } from "./labels/labels.js";
import { readLabels } from "./labels/read-labels.js";
import { type LabelFile, readSidecar, type Sidecar, sidecarFiles } from "./sidecar.js";

/** Far above any list of names: a larger file holds no settings. */
const mostSettingsBytes = 16 * 2 ** 20;

/**
 * Classes and preprocessing from the files beside a model; undefined where there are none.
 * @param lenient whether a config.json that cannot be understood is only noted, because the user gives the class names
 * @throws FoveaError `bad-file` for a file that is there but cannot be understood, or lies elsewhere
 */
export async function sidecarBeside(modelPath: string, { lenient = false } = {}): Promise<Sidecar | undefined> {
  const sidecars: Sidecar[] = [];
  for (const file of sidecarFiles) {
    try {
      const sidecar = settingsBeside(modelPath, file);
      if (sidecar) sidecars.push(sidecar);
    } catch (error) {
      if (!lenient || file !== "config.json" || !(error instanceof FoveaError)) throw error;
      sidecars.push({ origin: `from ${file}`, notes: [`${error.message}: it is left out`] });
    }
  }
  const files = [...sidecars.flatMap(({ labelFiles = [] }) => labelFiles), ...(await labelFilesBeside(modelPath))];
  const notes = sidecars.flatMap((each) => each.notes ?? []);
  const preprocessing = sidecars.find((each) => each.preprocessing);
  if (files.length === 0 && notes.length === 0 && preprocessing === undefined) return undefined;
  return {
    origin: preprocessing?.origin ?? files[0]?.origin ?? "",
    labelFiles: files,
    notes,
    ...(preprocessing?.preprocessing ? { preprocessing: preprocessing.preprocessing } : {}),
  };
}

function settingsBeside(modelPath: string, file: (typeof sidecarFiles)[number]): Sidecar | undefined {
  const path = join(dirname(modelPath), file);
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
  const { byteLength, read } = regularFile(pathBeside(modelPath, file, path), path);
  if (byteLength > mostSettingsBytes) {
    const got = `got ${byteLength}`;
    throw new FoveaError("bad-file", `${path}: expected at most ${mostSettingsBytes} bytes of JSON, ${got}`);
  }
  return readSidecar(file, new TextDecoder().decode(read(0, byteLength)), path);
}

/** How many files with names of such files are looked into. */
const mostLabelFiles = 20;

/** Files beside a model that are called as files of class names are. One that cannot be read is another kind of file. */
async function labelFilesBeside(modelPath: string): Promise<LabelFile[]> {
  const all = readdirSync(dirname(modelPath)).filter((file) => !sidecarFiles.some((each) => each === file));
  const found: LabelFile[] = [];
  for (const file of labelFilesAmong(all).slice(0, mostLabelFiles)) {
    try {
      const { byteLength, read } = regularFile(pathBeside(modelPath, file, file), file);
      if (byteLength > mostSettingsBytes) continue;
      found.push({ origin: `from ${file}`, readings: await readLabels(read(0, byteLength), file), found: true });
    } catch (error) {
      if (!(error instanceof FoveaError)) throw error;
    }
  }
  return found;
}

/**
 * The user's settings of a model; undefined without any.
 * @param labels class names, or the path of a file with them
 * @throws FoveaError `not-found`, `bad-file`
 */
export async function sidecarGiven({ labels, preprocessing }: GivenOptions): Promise<Sidecar | undefined> {
  return givenSidecar(typeof labels === "string" ? await labelsAt(labels) : labels, preprocessing);
}

export interface GivenOptions {
  readonly labels?: string | readonly string[] | undefined;
  readonly preprocessing?: Partial<Preprocessing> | undefined;
}

/**
 * The class names of a file, in every way that it can be read.
 * @throws FoveaError `not-found`, `bad-file`
 */
export async function labelsAt(path: string): Promise<readonly Labels[]> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    throw new FoveaError("not-found", `${path}: labels: expected a readable file, got ${systemCode(cause)}`, { cause });
  }
  return readLabels(bytes, path);
}

/**
 * Reads files that a model keeps its weights in, from the model's own folder and nowhere else.
 * @throws FoveaError `bad-file` for a path that leaves the folder, `not-found`
 */
export function externalBeside(modelPath: string): ReadExternal {
  return (location) => {
    const where = `${modelPath}: weights at ${JSON.stringify(location.slice(0, 80))}`;
    return regularFile(pathBeside(modelPath, location, where), where);
  };
}

/** A model file: its bytes without large weights, and a function that finds these and those in files beside it. */
export interface ModelFile {
  readonly bytes: Uint8Array;
  readonly external: ReadExternal;
}

/**
 * Reads a model file; large weights stay in it until they are needed.
 * @throws FoveaError `not-found`, `bad-file`
 */
export function modelFileAt(path: string): ModelFile {
  const beside = externalBeside(path);
  try {
    const file = regularFile(realPath(path), path);
    const skimmed = skimModel(file);
    return {
      bytes: skimmed ?? readFileSync(path),
      external: (location) => (location === ownFile ? file : beside(location)),
    };
  } catch (cause) {
    if (cause instanceof FoveaError) throw cause;
    throw new FoveaError("not-found", `${path}: expected a readable ONNX file: ${messageOf(cause)}`, { cause });
  }
}

/**
 * The source for a runtime to run a model file as it is: its path; for weights in other files the graph that names them; for a
 * Keras or TensorFlow.js model the converted graph.
 * @throws FoveaError `not-found`, `bad-file`
 */
export async function untouchedModel(path: string): Promise<string | Graph> {
  const converted = await graphAt(path);
  if (converted) return converted;
  const { bytes, external } = modelFileAt(path);
  let outside = false;
  const graph = readModel(bytes, path, (location) => {
    if (location !== ownFile) outside = true;
    return external(location);
  });
  return outside ? graph : path;
}

/**
 * The bytes of a file.
 * @throws FoveaError `not-found`, `bad-file` for a file that is not regular
 */
export async function readFileAt(path: string): Promise<Uint8Array> {
  if (!existsSync(path)) throw new FoveaError("not-found", `${path}: expected a file, got none there`);
  const { byteLength, read } = regularFile(path, path);
  return read(0, byteLength);
}
