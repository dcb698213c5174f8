/** @file Finds the inputs that arguments mean: named files, those of folders, those that patterns match, or a dataset's name. */

import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { isAddress } from "../files/address.js";
import { FoveaError } from "../foundation/error.js";
import { filesMatching, isImage } from "./find-images.js";
import { type DatasetName, datasetNames } from "./sets.js";

export interface FoundInput {
  readonly path: string;
  /** The file itself, where it lies nowhere; `path` is then how it is called. */
  readonly bytes?: Uint8Array;
  /** The folder that was given and that it was found in; undefined for a file that was named, or matched by a pattern. */
  readonly folder?: string;
  /** Why an argument led to no file; `path` is then the argument. */
  readonly error?: FoveaError;
}

export interface FoundInputs {
  readonly inputs: readonly FoundInput[];
  /** More than one file was named, or a folder or a pattern, however many files that led to. */
  readonly many: boolean;
}

/**
 * The inputs in the order of the arguments, each once; those of a folder (all images in it and in its sub-folders) and of a
 * pattern sorted by path. Results of earlier runs are left out. An argument that leads to nothing stays, with its error.
 */
export async function findInputs(args: readonly string[]): Promise<FoundInputs> {
  const groups = await Promise.all(args.map(inputsOf));
  const inputs = new Map<string, FoundInput>();
  for (const input of groups.flat()) {
    const key = resolve(input.path);
    if (!inputs.has(key)) inputs.set(key, input);
  }
  const [first, ...others] = groups.flat();
  const many = others.length > 0 || first?.path !== args[0];
  return { inputs: [...inputs.values()], many };
}

/** The dataset that a single argument names, where there is no such file. */
export function datasetAmong(args: readonly string[]): DatasetName | undefined {
  const [first = "", ...others] = args;
  if (others.length > 0 || existsSync(first)) return undefined;
  return datasetNames.find((name) => name === first);
}

/** Whether an argument that names no file may match some. */
export function isPattern(argument: string): boolean {
  return /[*?[\]{}]/.test(argument);
}

async function inputsOf(argument: string): Promise<FoundInput[]> {
  if (isAddress(argument)) return [{ path: argument }];
  const stats = await stat(argument).catch(() => undefined);
  if (stats?.isDirectory()) {
    const paths = await imagesIn(argument);
    return paths.length > 0
      ? paths.map((path) => ({ path, folder: argument }))
      : [foundNothing(argument, "images in the folder")];
  }
  if (stats !== undefined || !isPattern(argument)) return [{ path: argument }];
  const paths = await matching(argument);
  return paths.length > 0 ? paths.map((path) => ({ path })) : [foundNothing(argument, "images that match the pattern")];
}

function foundNothing(path: string, expected: string): FoundInput {
  return { path, error: new FoveaError("not-found", `${path}: expected ${expected}, found none`) };
}

async function imagesIn(folder: string): Promise<string[]> {
  const names = await filesMatching("**/*", folder);
  return names.map((name) => join(folder, name)).filter(isImage);
}

async function matching(pattern: string): Promise<string[]> {
  const paths = await filesMatching(pattern);
  return paths.filter((path) => /\.npy$/i.test(path) || isImage(path));
}
