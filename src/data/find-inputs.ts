/** @file Finds the inputs that arguments mean: named files, those of folders, those that patterns match, or a dataset's name. */

import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join, posix, resolve } from "node:path";
import { isAddress, refuseAddress, schemeOf } from "../files/address.js";
import { FoveaError } from "../foundation/error.js";
import { imagesAmong } from "./find-images.js";
import type { WalkOptions } from "./folder-guard.js";
import { type DatasetName, datasetNames } from "./set-names.js";
import type { FoundImage } from "./sources/image-of.js";
import { isArchive, isList } from "./sources/kinds.js";
import { filesIn, filesMatching, isPattern } from "./walk.js";

export interface FoundInput extends FoundImage {
  /** The folder that was given and that it was found in; undefined for a file that was named, or matched by a pattern. */
  readonly folder?: string;
  /** Why an argument led to no file; `path` is then the argument. */
  readonly error?: FoveaError;
}

export interface FoundInputs {
  readonly inputs: readonly FoundInput[];
  /** More than one file was named, or a folder or a pattern, however many files that led to. */
  readonly many: boolean;
  /** What was left out on the way, a plain sentence each. Default none. */
  readonly notes?: readonly string[];
}

/**
 * The inputs in the order of the arguments, each once; those of a folder (all images in it and in its sub-folders) and of a
 * pattern sorted by path. Results of earlier runs are left out, and so is what lies behind links out of the folder: see
 * `filesIn`. An argument that leads to nothing stays, with its error.
 * @throws FoveaError `bad-input` for a folder of more files than anybody means
 */
export async function findInputs(args: readonly string[], options?: WalkOptions): Promise<FoundInputs> {
  const groups: FoundGroup[] = [];
  for (const argument of args) groups.push(await inputsOf(argument, options));
  const all = groups.flatMap(({ inputs }) => inputs);
  const inputs = new Map<string, FoundInput>();
  for (const input of all) {
    const key = resolve(input.path);
    if (!inputs.has(key)) inputs.set(key, input);
  }
  const many = all.length > 1 || all[0]?.path !== args[0];
  const notes = groups.flatMap((group, i) => group.notes.map((note) => `${args[i]}: ${note}`));
  return { inputs: [...inputs.values()], many, ...(notes.length > 0 ? { notes } : {}) };
}

/** The dataset that a single argument names, where there is no such file. */
export function datasetAmong(args: readonly string[]): DatasetName | undefined {
  const [first = "", ...others] = args;
  if (others.length > 0 || existsSync(first)) return undefined;
  return datasetNames.find((name) => name === first);
}

/** What one argument leads to. */
interface FoundGroup {
  readonly inputs: readonly FoundInput[];
  readonly notes: readonly string[];
}

async function inputsOf(argument: string, options?: WalkOptions): Promise<FoundGroup> {
  const isStored = isAddress(argument) || (isArchive(argument) && !isGlob(argument));
  if (isStored) return storedInputs(argument);
  const stats = await stat(argument).catch(() => undefined);
  if (stats?.isDirectory()) {
    const { names, notes } = await filesIn(argument, options);
    const images = imagesAmong(names, argument);
    if (names.filter(isArchive).length > images.length) return storedInputs(argument);
    const inputs = images.map((name) => ({ path: join(argument, name), folder: argument }));
    return { inputs: inputs.length > 0 ? inputs : [foundNothing(argument, "images in the folder")], notes };
  }
  if (stats !== undefined || !isPattern(argument)) return { inputs: [{ path: argument }], notes: [] };
  const { names, notes } = await filesMatching(argument, options);
  const images = new Set(imagesAmong(names));
  const inputs = names.filter((name) => /\.npy$/i.test(name) || images.has(name)).map((path) => ({ path }));
  return { inputs: inputs.length > 0 ? inputs : [foundNothing(argument, "images that match the pattern")], notes };
}

/**
 * The images of an archive, or of a place in the net, in their order; they are read when they are needed. What leads to nothing is one
 * input with its error.
 * @throws FoveaError `bad-input` for an address that is not fetched: pictures are not brought from the web
 */
async function storedInputs(argument: string): Promise<FoundGroup> {
  const web = ["http", "https"].includes(schemeOf(argument) ?? "");
  const name = argument.replace(/[?#].*$/s, "");
  try {
    if (web && !isArchive(name) && !isList(name)) refuseAddress(argument);
    return await imagesAt(argument);
  } catch (error) {
    if (!(error instanceof FoveaError)) throw error;
    return { inputs: [{ path: argument, error }], notes: [] };
  }
}

async function imagesAt(argument: string): Promise<FoundGroup> {
  const { openSource } = await import("./sources/open-source.js");
  const source = await openSource(argument);
  const inputs: FoundInput[] = [];
  for await (const { name, path, file } of source.images()) {
    // Results mirror places from here on; there is no place beside an image in the net.
    const folder = path.endsWith(name) ? path.slice(0, path.length - name.length) : posix.dirname(path);
    inputs.push({ path, folder, ...(file ? { file } : {}) });
  }
  if (inputs.length > 0) return { inputs, notes: source.notes };
  throw new FoveaError("not-found", `${argument}: expected images in it, found none`);
}

/** Whether a name is a pattern, and not one with a range in braces. */
const isGlob = (name: string) => /[*?[\]]/.test(name);

function foundNothing(path: string, expected: string): FoundInput {
  return { path, error: new FoveaError("not-found", `${path}: expected ${expected}, found none`) };
}
