/** @file Opens a source by its address: what kind it is, its name and its folder's files tell. */

import { FoveaError } from "../../foundation/error.js";
import { hasImageEnding } from "../find-images.js";
import type { WalkOptions } from "../folder-guard.js";
import { unreadable } from "../photos/list-folder.js";
import { type Place, placeAt } from "../stores/place.js";
import type { Listing, Store, StoredFile } from "../stores/store.js";
import { openFolder } from "./folder-source.js";
import { isList, isParquet, isTar } from "./kinds.js";
import { LeftOut } from "./left-out.js";
import type { Source } from "./source.js";

/**
 * Opens images with labels: a folder, a list (CSV, TSV, JSON, Parquet with paths), tar archives of WebDataset, or Parquet tables with
 * images in them; on disk, or at `s3://`, `gs://`, `hf://datasets/owner/name`, `https://`. A folder that holds more archives than
 * images is taken for archives. Names may have ranges in braces: `train-{000..099}.tar`.
 * @param options which links the walk through a folder on disk follows
 * @throws FoveaError `not-found`, `bad-file`, `network`, `bad-input` for another address, or where the package that reads it is missing
 */
export async function openSource(address: string, options?: WalkOptions): Promise<Source> {
  const place = await placeAt(address, options);
  try {
    return await sourceAt(address, place);
  } catch (error) {
    await place.store.close();
    throw error;
  }
}

async function sourceAt(address: string, { store, files }: Place): Promise<Source> {
  if (files) return (await sourceOfFiles(address, store, files, new LeftOut())) ?? refuseFile(address);
  const listing = await store.list();
  if (listing.files.length === 0 && !store.pathOf) {
    throw new FoveaError("not-found", `${address}: photos: expected a folder or a file, got nothing there`);
  }
  return (await sourceOfArchives(address, store, listing)) ?? openFolder(address, store, listing);
}

async function sourceOfFiles(
  address: string,
  store: Store,
  files: readonly StoredFile[],
  left: LeftOut,
): Promise<Source | undefined> {
  const names = files.map(({ name }) => name);
  const [first] = files;
  if (first === undefined) return undefined;
  if (names.every(isTar)) {
    const { TarSource } = await import("./tar/tar-source.js");
    return new TarSource(address, store, names, left);
  }
  if (names.every(isParquet)) {
    if (files.length === 1 && (await listsPaths(store, first))) return listSource(address, store, first);
    const { TableSource } = await import("./table/table-source.js");
    return new TableSource(address, store, names, left);
  }
  return files.length === 1 && isList(first.name) ? listSource(address, store, first) : undefined;
}

async function listSource(address: string, store: Store, file: StoredFile): Promise<Source> {
  const { ListSource } = await import("./list/list-source.js");
  return new ListSource(address, store, file);
}

/** Whether a table names files in the place of holding images. */
async function listsPaths(store: Store, file: StoredFile): Promise<boolean> {
  const [{ tableColumns }, { openStoredParquet }] = await Promise.all([
    import("./table/table-columns.js"),
    import("./table/table-source.js"),
  ]);
  const table = await openStoredParquet(store, file.name);
  await table.close();
  return tableColumns(table).path !== undefined;
}

/** The archives of a folder, tar before Parquet, where there are more of them than of images. */
async function sourceOfArchives(address: string, store: Store, listing: Listing): Promise<Source | undefined> {
  const { files, notes } = listing;
  const images = files.filter(({ name }) => hasImageEnding(name) || unreadable.test(name));
  for (const is of [isTar, isParquet]) {
    const archives = files.filter(({ name }) => is(name));
    if (archives.length === 0 || archives.length <= images.length) continue;
    const left = new LeftOut(notes);
    for (const { name } of images) left.add("beside", name);
    return sourceOfFiles(address, store, archives, left);
  }
  return undefined;
}

function refuseFile(address: string): never {
  const expected =
    "expected a folder, a list of photos as .csv, .tsv, .json or .parquet, or archives as .tar or .parquet";
  throw new FoveaError("bad-file", `${address}: photos: ${expected}, got another file`);
}
