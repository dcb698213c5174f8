/** @file The photos that a folder or a manifest on disk lists, with their labels, splits and boxes; no picture is opened. */

import { stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { FoveaError } from "../../foundation/error.js";
import type { WalkOptions } from "../folder-guard.js";
import type { ImageLabels } from "../sources/source.js";
import { diskStore } from "../stores/disk.js";
import { listByManifests, listFolder, type NamedPhotos, readManifest } from "./list-folder.js";

export interface ListedPhoto extends ImageLabels {
  readonly path: string;
}

export interface PhotoList extends Omit<NamedPhotos, "photos"> {
  readonly photos: readonly ListedPhoto[];
}

/**
 * The photos of a folder on disk, or of a CSV or JSON file. Links out of the folder are not followed (see `filesIn`).
 * @throws FoveaError `not-found`, `bad-file`, `bad-input` for a folder of more files than anybody means
 */
export async function listPhotos(path: string, options?: WalkOptions): Promise<PhotoList> {
  const stats = await stat(path).catch(() => undefined);
  if (stats === undefined) throw new FoveaError("not-found", `${path}: photos: expected a folder, got none there`);
  if (stats.isDirectory()) {
    const store = diskStore(path, options);
    const { files, notes } = await store.list();
    const list = await listFolder(
      store,
      files.map(({ name }) => name),
    );
    return listed(path, { ...list, notes: [...notes, ...list.notes] });
  }
  const store = diskStore(dirname(path));
  const annotations = await readManifest(store, basename(path));
  if (annotations) return listed(dirname(path), listByManifests(store, [{ name: basename(path), annotations }]));
  throw new FoveaError(
    "bad-file",
    `${path}: photos: expected a folder, or a list of photos as .csv, .tsv or .json, got another file`,
  );
}

function listed(folder: string, list: NamedPhotos): PhotoList {
  return { ...list, photos: list.photos.map(({ name, ...labels }) => ({ path: join(folder, name), ...labels })) };
}
