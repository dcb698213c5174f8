/** @file Data sets by name, with the download shown, and photos by their folder. */

import { existsSync } from "node:fs";
import type { Dataset } from "../../data/dataset.js";
import { type LoadPhotosOptions, loadPhotos } from "../../data/photos/load-photos.js";
import type { PhotoDataset } from "../../data/photos/photo.js";
import { datasetNames, loadDataset } from "../../data/sets.js";
import { environment } from "../environment.js";
import { note, type ProgressBar, progressBar } from "../terminal/console.js";

/** Loads a dataset: from the folder that `$FOVEA_DATA` names, or from the cache. */
export async function datasetNamed(name: string): Promise<Dataset> {
  let bar: ProgressBar | undefined;
  try {
    return await loadDataset(name, {
      directory: environment.dataFolder,
      cache: environment.cacheFolder,
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
