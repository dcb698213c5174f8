/** @file Data sets by name, with the download shown, and photos by their folder. */

import { existsSync } from "node:fs";
import {
  type Dataset,
  datasetNames,
  type LoadPhotosOptions,
  loadDataset,
  loadPhotos,
  type PhotoDataset,
} from "../data/index.js";
import { note, type ProgressBar, progressBar } from "./console.js";

/** Loads a data set; `$FOVEA_DATA` names a folder that holds it. */
export async function datasetNamed(name: string): Promise<Dataset> {
  let bar: ProgressBar | undefined;
  try {
    return await loadDataset(name, {
      onProgress: ({ file, done, total }) => {
        bar ??= progressBar("{file} [{bar}] {percentage} % of {total} bytes, {eta_formatted} left", total, { file });
        bar.update(done, { file });
      },
    });
  } finally {
    bar?.stop();
  }
}

/** Whether a data set is asked for by a path, not by a name. */
export function isPath(name: string): boolean {
  return !(datasetNames as readonly string[]).includes(name) && (/[/\\.]/.test(name) || existsSync(name));
}

/** Lists the photos of a folder or a manifest. */
export function photosAt(path: string, options: LoadPhotosOptions = {}): Promise<PhotoDataset> {
  return withBar("looking at photos", (onProgress) => loadPhotos(path, { ...options, onProgress }));
}

/** Work that tells how far it is, as a bar. */
export async function withBar<Result>(
  what: string,
  work: (onProgress: (done: number, total: number) => void) => Promise<Result>,
): Promise<Result> {
  let bar: ProgressBar | undefined;
  try {
    return await work((done, total) => {
      bar ??= progressBar(`${what} [{bar}] {value} of {total}, {eta_formatted} left`, total);
      bar.update(done);
    });
  } finally {
    bar?.stop();
  }
}

/** Says what cannot be used, a line for each file. */
export function tellSkipped(skipped: PhotoDataset["skipped"], total: number): void {
  for (const { path, reason } of skipped) note(`fovea: ${path}: ${reason}`);
  if (skipped.length > 0) note(`fovea: ${skipped.length} of ${total} photos skipped`);
}
