/** @file Reads model files, and files beside them, from disk. */

import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { inputKinds } from "../files/input/input-kinds.js";
import { readInput } from "../files/input/read-input.js";
import { pathBeside, realPath } from "../files/own-folder.js";
import { regularFile } from "../files/regular-file.js";
import { graphAt } from "../formats/node.js";
import { FoveaError, messageOf } from "../foundation/error.js";
import type { Preprocessing } from "../image/input/preprocessing.js";
import type { Graph } from "../onnx/graph.js";
import { ownFile, type ReadExternal } from "../onnx/read/external-data.js";
import { readModel } from "../onnx/read/read.js";
import { skimModel } from "../onnx/read/skim.js";
import { givenSidecar } from "./given-sidecar.js";
import { labelFilesAmong } from "./labels/label-files.js";
import type { Labels } from "./labels/labels.js";
import { joinSidecars } from "./settings/join-sidecars.js";
import { settingsFolders } from "./settings/node.js";
import type { FoundFile } from "./settings/read-settings.js";
import type { LabelFile, Sidecar } from "./settings/sidecar.js";

/**
 * Classes and preprocessing from the files beside a model, and one folder above where the model's own is called `onnx`, as in
 * repositories for transformers.js and of optimum; undefined where there are none. Files that cannot be understood, or lie elsewhere, are
 * its `problems`.
 */
export async function sidecarBeside(modelPath: string): Promise<Sidecar | undefined> {
  const { readSettings, sidecarFiles } = await import("./settings/read-settings.js");
  const files = new Map<string, FoundFile>();
  const folders = new Map<string, string>();
  for (const file of sidecarFiles) {
    const folder = settingsFolders(modelPath).find((each) => lstatSync(join(each, file), { throwIfNoEntry: false }));
    if (folder === undefined) continue;
    folders.set(file, folder);
    files.set(file, settingsAt(modelPath, file, folder));
  }
  const settings = readSettings(files, (file) => join(folders.get(file) ?? "", file));
  const labelFiles = await labelFilesBeside(modelPath, sidecarFiles);
  if (labelFiles.length === 0) return settings;
  const found: Sidecar = { origin: labelFiles[0]?.origin ?? "", labelFiles };
  return joinSidecars(settings ? [settings, found] : [found]);
}

function settingsAt(modelPath: string, file: string, folder: string): FoundFile {
  const path = join(folder, file);
  try {
    const { byteLength, read } = regularFile(pathBeside(modelPath, file, path, folder), path);
    const { most } = inputKinds.settings;
    if (byteLength <= most) return { text: new TextDecoder().decode(read(0, byteLength)) };
    return { problem: `${path}: expected at most ${most} bytes of JSON, got ${byteLength}` };
  } catch (error) {
    if (error instanceof FoveaError) return { problem: error.message };
    throw error;
  }
}

/** How many files with names of such files are looked into. */
const mostLabelFiles = 20;

/** Files beside a model that are called as files of class names are, settings aside. One that cannot be read is another kind of file. */
async function labelFilesBeside(modelPath: string, others: readonly string[]): Promise<LabelFile[]> {
  const candidates = settingsFolders(modelPath).flatMap((folder) =>
    labelFilesAmong(readdirSync(folder).filter((file) => !others.includes(file))).map((file) => ({ file, folder })),
  );
  if (candidates.length === 0) return [];
  const { readLabels } = await import("./labels/read-labels.js");
  const found: LabelFile[] = [];
  for (const { file, folder } of candidates.slice(0, mostLabelFiles)) {
    try {
      const { byteLength, read } = regularFile(pathBeside(modelPath, file, file, folder), file);
      if (byteLength > inputKinds.labels.most) continue;
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
  const bytes = await readInput(path, "labels");
  const { readLabels } = await import("./labels/read-labels.js");
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
 * @throws FoveaError `not-found`, `bad-file`, `bad-graph` for one that holds more than any network does
 */
export function modelFileAt(path: string): ModelFile {
  const beside = externalBeside(path);
  try {
    const file = regularFile(realPath(path), path);
    return {
      bytes: skimModel(file, path),
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
