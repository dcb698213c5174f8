/** @file Opens datasets by name and photos by their folder, and shows how far that is. */

import { existsSync } from "node:fs";
import type { Dataset } from "../../data/dataset.js";
import { type LoadPhotosOptions, loadPhotos } from "../../data/photos/load-photos.js";
import type { PhotoDataset, SkippedPhoto } from "../../data/photos/photo.js";
import { datasetNames } from "../../data/set-names.js";
import { loadDataset } from "../../data/sets.js";
import { isArchive } from "../../data/sources/kinds.js";
import { recogniseFile, wrongFile } from "../../files/kinds/file-kind.js";
import { startOfFile } from "../../files/kinds/start-of-file.js";
import { count, percent } from "../../foundation/words.js";
import { environment } from "../environment.js";
import type { Job } from "../terminal/job.js";
import { note } from "../terminal/print.js";

/** Loads a dataset: from the folder that `$FOVEA_DATA` names, or from the cache. */
export function datasetNamed(job: Job, name: string): Promise<Dataset> {
  const { dataFolder, cacheFolder } = environment();
  return job.stage("downloading", (onProgress) =>
    loadDataset(name, {
      directory: dataFolder,
      cache: cacheFolder,
      onProgress: ({ file, done, total }) =>
        onProgress(done, total, `${file}, ${percent(done / total, 0)} of ${count(total)} bytes`),
    }),
  );
}

/** Whether a dataset is asked for by a path, not by a name. */
export function isPath(name: string): boolean {
  return !datasetNames.some((each) => each === name) && (/[/\\.]/.test(name) || existsSync(name));
}

/** Lists the photos at a path or an address (see `openSource`). @throws FoveaError for a zip archive and the like, with what to do */
export async function photosAt(job: Job, path: string, options: LoadPhotosOptions = {}): Promise<PhotoDataset> {
  const head = isArchive(path) ? undefined : startOfFile(path);
  if (head && recogniseFile(head, path))
    throw wrongFile(
      path,
      "a folder, a list of photos as .csv, .tsv, .json or .parquet, or archives as .tar or .parquet",
      head,
    );
  const dataset = await job.stage("looking at photos", (onProgress) => loadPhotos(path, { ...options, onProgress }));
  for (const each of dataset.notes) note(`${path}: ${each}`);
  return dataset;
}

/** Hands the job the error of each photo. @returns how to say how many those are, of `total` */
export function failPhotos(job: Job, skipped: readonly SkippedPhoto[], total: number): { readonly failed: string } {
  job.fail(...skipped.map(({ path, reason }) => `${path}: ${reason}`));
  return { failed: `of ${total} photos skipped` };
}
