/** @file What stands beside a model file, read from disk. */

import { lstatSync, readFileSync, realpathSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, isAbsolute, join, relative } from "node:path";
import { FoveaError } from "../error.js";
import type { ReadExternal } from "../onnx/index.js";
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
    const { real, size } = ownFile(modelPath, file, path);
    if (size > mostSettingsBytes) {
      throw new FoveaError("bad-file", `${path}: expected at most ${mostSettingsBytes} bytes of JSON, got ${size}`);
    }
    found.push(readSidecar(file, readOwn(real, path).toString("utf8"), path));
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
  const read = new Map<string, Uint8Array>();
  return (location) => {
    const where = `${modelPath}: weights at ${JSON.stringify(location.slice(0, 80))}`;
    const { real } = ownFile(modelPath, location, where);
    const bytes = read.get(real) ?? readOwn(real, where);
    read.set(real, bytes);
    return bytes;
  };
}

/**
 * A file of a model's own folder, links followed. Two folders are a model's own: the one that its path names, and the one
 * that its file really lies in, since caches keep models as links into a store. What a link leads to must lie in one of them.
 * @param where what errors begin with
 * @throws FoveaError `not-found`, `bad-file` for what lies elsewhere, or is a pipe, a device or a folder
 */
function ownFile(modelPath: string, name: string, where: string): { real: string; size: number } {
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
  const status = statSync(real);
  if (!status.isFile()) throw bad(status.isDirectory() ? "a folder" : "a pipe or a device");
  return { real, size: status.size };
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== "" && !isAbsolute(way) && !/^\.\.([/\\]|$)/.test(way);
}

function readOwn(real: string, where: string): Buffer {
  try {
    return readFileSync(real);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new FoveaError("bad-file", `${where}: expected a readable file, got ${code}`, { cause });
  }
}
