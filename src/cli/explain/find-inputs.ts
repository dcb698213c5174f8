/** @file Which files `fovea explain` is to explain: named ones, those of folders, and those that patterns match. */

import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { filesMatching, isImage } from "../../data/find-images.js";
import { FoveaError } from "../../foundation/error.js";

export interface FoundInput {
  readonly path: string;
  /** The folder that was given and that it was found in; undefined for a file that was named, or matched by a pattern. */
  readonly folder?: string;
  /** What is wrong with an argument that led to no file; `path` is then the argument. */
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
export async function findInputs(given: readonly string[]): Promise<FoundInputs> {
  const found = await Promise.all(given.map(inputsOf));
  const inputs = new Map<string, FoundInput>();
  for (const input of found.flat()) {
    const key = resolve(input.path);
    if (!inputs.has(key)) inputs.set(key, input);
  }
  const [only, ...others] = found.flat();
  const many = others.length > 0 || only?.path !== given[0];
  return { inputs: [...inputs.values()], many };
}

/** Whether an argument that names no file may match some. */
export function isPattern(given: string): boolean {
  return /[*?[\]{}]/.test(given);
}

async function inputsOf(given: string): Promise<FoundInput[]> {
  const stats = await stat(given).catch(() => undefined);
  if (stats?.isDirectory()) {
    const paths = await imagesIn(given);
    return paths.length > 0 ? paths.map((path) => ({ path, folder: given })) : [nothing(given, "images in the folder")];
  }
  if (stats !== undefined || !isPattern(given)) return [{ path: given }];
  const paths = await matching(given);
  return paths.length > 0 ? paths.map((path) => ({ path })) : [nothing(given, "images that match the pattern")];
}

function nothing(path: string, expected: string): FoundInput {
  return { path, error: new FoveaError("not-found", `${path}: expected ${expected}, found none`) };
}

async function imagesIn(folder: string): Promise<string[]> {
  const names = await filesMatching("**/*", folder);
  const paths = names.map((name) => join(folder, name));
  const images = await Promise.all(paths.map(isImage));
  return paths.filter((_, i) => images[i]);
}

async function matching(pattern: string): Promise<string[]> {
  const paths = await filesMatching(pattern);
  const wanted = await Promise.all(paths.map(async (path) => /\.npy$/i.test(path) || (await isImage(path))));
  return paths.filter((_, i) => wanted[i]);
}
