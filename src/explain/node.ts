/** @file What stands beside a model file, read from disk. */

import { accessSync, closeSync, constants, openSync, readFileSync, readSync, realpathSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, isAbsolute, join, relative } from "node:path";
import { FoveaError } from "../error.js";
import { type ExternalFile, ownFile, type ReadExternal, skimModel } from "../onnx/index.js";
import { readLabels, readSidecar, type Sidecar, sidecarFiles } from "./sidecar.js";

/**
 * Classes and preprocessing from the files beside a model; undefined where there are none.
 * @throws FoveaError `bad-file` for a file that is there but cannot be understood
 */
export async function sidecarBeside(modelPath: string): Promise<Sidecar | undefined> {
  const found: Sidecar[] = [];
  for (const file of sidecarFiles) {
    const path = join(dirname(modelPath), file);
    const text = await readFile(path, "utf8").catch(() => undefined);
    if (text !== undefined) found.push(readSidecar(file, text, path));
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
 * Reads files that a model keeps its weights in, from the model's own folder and nowhere else, links followed.
 * @throws FoveaError `bad-file` for a path that leaves the folder, `not-found`
 */
export function externalBeside(modelPath: string): ReadExternal {
  return (location) => {
    const leaves = (path: string) => path === "" || isAbsolute(path) || /^\.\.([/\\]|$)/.test(path);
    const folder = realpathSync(dirname(modelPath));
    const path = join(folder, location);
    const refused = (got: string) =>
      new FoveaError("bad-file", `${modelPath}: weights: expected a file in the model's folder, got ${got}`);
    if (isAbsolute(location) || leaves(relative(folder, path))) throw refused(JSON.stringify(location));
    let real: string;
    try {
      real = realpathSync(path);
    } catch (cause) {
      throw new FoveaError("not-found", `${modelPath}: weights: expected ${location} beside it, got none`, { cause });
    }
    if (leaves(relative(folder, real))) throw refused(`a link out of it: ${JSON.stringify(location)}`);
    try {
      return fileAt(real);
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      throw new FoveaError("bad-file", `${modelPath}: weights: expected a readable ${location}, got ${code}`, {
        cause,
      });
    }
  };
}

/** A model file: its bytes without large weights, and what finds these and those in files beside it. */
export interface ModelFile {
  readonly bytes: Uint8Array;
  readonly external: ReadExternal;
}

/**
 * Reads a model file; large weights stay in it until they are needed.
 * @throws FoveaError `not-found`
 */
export function modelFileAt(path: string): ModelFile {
  const beside = externalBeside(path);
  try {
    const file = fileAt(realpathSync(path));
    const skimmed = skimModel(file);
    return {
      bytes: skimmed ?? readFileSync(path),
      external: (location) => (location === ownFile ? file : beside(location)),
    };
  } catch (cause) {
    throw new FoveaError("not-found", `${path}: expected a readable ONNX file: ${(cause as Error).message}`, { cause });
  }
}

/** A file whose parts are read when they are asked for. */
function fileAt(path: string): ExternalFile {
  const stats = statSync(path);
  if (!stats.isFile()) throw Object.assign(new Error("is no file"), { code: "no file" });
  accessSync(path, constants.R_OK);
  return { path, byteLength: stats.size, read: (offset, byteLength) => bytesOf(path, offset, byteLength) };
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
