/** @file What stands beside a model file, read from disk. */

import { closeSync, lstatSync, openSync, readFileSync, readSync, realpathSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, isAbsolute, join, relative } from "node:path";
import { FoveaError } from "../foundation/error.js";
import type { Preprocessing } from "../image/input/preprocessing.js";
import type { ExternalFile, ReadExternal } from "../onnx/read/external-data.js";
import { ownFile, skimModel } from "../onnx/read/skim.js";
import { readLabels, readSidecar, type Sidecar, sidecarFiles } from "./sidecar.js";

/** Far above any list of names: what is larger is no file of settings. */
const mostSettingsBytes = 16 * 2 ** 20;

/**
 * Classes and preprocessing from the files beside a model; undefined where there are none.
 * @throws FoveaError `bad-file` for a file that is there but cannot be understood, or lies elsewhere
 */
export async function sidecarBeside(modelPath: string): Promise<Sidecar | undefined> {
  const found: Sidecar[] = [];
  for (const file of sidecarFiles) {
    const path = join(dirname(modelPath), file);
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) continue;
    const { byteLength, read } = fileAt(besidePath(modelPath, file, path), path);
    if (byteLength > mostSettingsBytes) {
      const got = `got ${byteLength}`;
      throw new FoveaError("bad-file", `${path}: expected at most ${mostSettingsBytes} bytes of JSON, ${got}`);
    }
    found.push(readSidecar(file, new TextDecoder().decode(read(0, byteLength)), path));
  }
  const classes = found.find((each) => each.classes);
  const preprocessing = found.find((each) => each.preprocessing);
  if (classes === undefined && preprocessing === undefined) return undefined;
  return {
    origin: (preprocessing ?? classes)?.origin as string,
    ...(classes?.classes ? { classes: classes.classes } : {}),
    ...(preprocessing?.preprocessing ? { preprocessing: preprocessing.preprocessing } : {}),
  };
}

/**
 * What the user says of a model; undefined where that is nothing.
 * @param labels class names, or the path of a file with them
 * @throws FoveaError `not-found`, `bad-file`
 */
export async function sidecarGiven({ labels, preprocessing }: GivenOptions): Promise<Sidecar | undefined> {
  const classes = typeof labels === "string" ? await labelsAt(labels) : labels;
  if (classes === undefined && preprocessing === undefined) return undefined;
  return { origin: "as given", ...(classes ? { classes } : {}), ...(preprocessing ? { preprocessing } : {}) };
}

export interface GivenOptions {
  readonly labels?: string | readonly string[] | undefined;
  readonly preprocessing?: Partial<Preprocessing> | undefined;
}

/** @throws FoveaError `not-found`, `bad-file` */
export async function labelsAt(path: string): Promise<readonly string[]> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    throw new FoveaError("not-found", `${path}: labels: expected a readable file, got ${code}`, { cause });
  }
  return readLabels(text, path);
}

/**
 * Reads files that a model keeps its weights in, from the model's own folder and nowhere else.
 * @throws FoveaError `bad-file` for a path that leaves the folder, `not-found`
 */
export function externalBeside(modelPath: string): ReadExternal {
  return (location) => {
    const where = `${modelPath}: weights at ${JSON.stringify(location.slice(0, 80))}`;
    return fileAt(besidePath(modelPath, location, where), where);
  };
}

/**
 * The real path of a file of a model's own folder, links followed. Two folders are a model's own: the one that its path
 * names, and the one that its file really lies in, since caches keep models as links into a store. What a link leads to must
 * lie in one of them.
 * @param where what errors begin with
 * @throws FoveaError `not-found`, `bad-file` for what lies elsewhere, or is a pipe, a device or a folder
 */
function besidePath(modelPath: string, name: string, where: string): string {
  const bad = (got: string) =>
    new FoveaError("bad-file", `${where}: expected a file in the model's folder, got ${got}`);
  const named = dirname(modelPath);
  if (name === "" || name.includes("\0") || isAbsolute(name) || !isInside(named, join(named, name))) {
    throw bad("a path out of it");
  }
  let [real, folders]: [string, string[]] = ["", []];
  try {
    folders = [named, dirname(realpathSync(modelPath))].map((folder) => realpathSync(folder));
    real = realpathSync(join(named, name));
  } catch (cause) {
    throw new FoveaError("not-found", `${where}: expected a file in the model's folder, got none`, { cause });
  }
  if (!folders.some((folder) => isInside(folder, real))) throw bad("a link out of it");
  return real;
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== "" && !isAbsolute(way) && !/^\.\.([/\\]|$)/.test(way);
}

/** A model file: its bytes without large weights, and what finds these and those in files beside it. */
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
    const file = fileAt(realpathSync(path), path);
    const skimmed = skimModel(file);
    return {
      bytes: skimmed ?? readFileSync(path),
      external: (location) => (location === ownFile ? file : beside(location)),
    };
  } catch (cause) {
    if (cause instanceof FoveaError) throw cause;
    throw new FoveaError("not-found", `${path}: expected a readable ONNX file: ${(cause as Error).message}`, { cause });
  }
}

/**
 * A regular file whose parts are read when they are asked for.
 * @param where what errors begin with
 */
function fileAt(path: string, where: string): ExternalFile {
  const status = statSync(path);
  if (!status.isFile()) {
    const got = status.isDirectory() ? "a folder" : "a pipe or a device";
    throw new FoveaError("bad-file", `${where}: expected a regular file, got ${got}`);
  }
  try {
    closeSync(openSync(path, "r"));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new FoveaError("bad-file", `${where}: expected a readable file, got ${code}`, { cause });
  }
  return { path, byteLength: status.size, read: (offset, byteLength) => bytesOf(path, offset, byteLength) };
}

function bytesOf(path: string, offset: number, byteLength: number): Uint8Array {
  const file = openSync(path, "r");
  try {
    const bytes = new Uint8Array(byteLength);
    // One call reads at most 2 GiB.
    for (let at = 0; at < byteLength; ) {
      const count = readSync(file, bytes, at, Math.min(byteLength - at, 2 ** 30), offset + at);
      if (count === 0) {
        const got = `a file that ends at ${offset + at}`;
        throw new FoveaError("bad-file", `${path}: expected bytes ${offset} + ${byteLength}, got ${got}`);
      }
      at += count;
    }
    return bytes;
  } finally {
    closeSync(file);
  }
}
