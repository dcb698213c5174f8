/** @file The place that an address means: a folder of a store, or files in one. */

import { stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { schemeOf } from "../../files/address.js";
import { FoveaError } from "../../foundation/error.js";
import type { WalkOptions } from "../folder-guard.js";
import { isArchive, isList } from "../sources/kinds.js";
import { expandBraces, hasBraces } from "./braces.js";
import { diskStore } from "./disk.js";
import type { Store, StoredFile } from "./store.js";

export interface Place {
  /** Its root is the folder, or the one that the files lie in. */
  readonly store: Store;
  /** Undefined for all that the folder holds. */
  readonly files: readonly StoredFile[] | undefined;
}

/**
 * Looks up an address: a path on disk, or one of `s3://`, `gs://`, `hf://datasets/`, `https://`; files with `{000..099}` in their names
 * are a range of them.
 * @throws FoveaError `not-found`, `network`, `bad-input` for an address of another kind
 */
export async function placeAt(address: string, options?: WalkOptions): Promise<Place> {
  return schemeOf(address) === undefined ? placeOnDisk(address, options) : placeInNet(address);
}

async function placeOnDisk(path: string, options?: WalkOptions): Promise<Place> {
  const stats = await stat(path).catch(() => undefined);
  if (stats?.isDirectory()) return { store: diskStore(path, options), files: undefined };
  if (stats === undefined && hasBraces(path)) {
    const folder = folderOf(path);
    const store = diskStore(folder, options);
    const names = expandBraces(folder === "." ? path : path.slice(folder.length).replace(/^\/+/, ""));
    return { store, files: await foundAll(store, names) };
  }
  if (stats === undefined) {
    const expected = isArchive(path) || isList(path) ? "a file" : "a folder";
    throw new FoveaError("not-found", `${path}: photos: expected ${expected}, got none there`);
  }
  const store = diskStore(dirname(path), options);
  return { store, files: [{ name: basename(path), bytes: stats.size }] };
}

/** The folder before the first braces. */
function folderOf(path: string): string {
  const start = path.slice(0, path.indexOf("{"));
  const slash = start.lastIndexOf("/");
  return slash < 0 ? "." : slash === 0 ? "/" : start.slice(0, slash);
}

async function foundAll(store: Store, names: readonly string[]): Promise<StoredFile[]> {
  const files: StoredFile[] = [];
  for (const name of names) {
    const file = await store.find(name);
    if (file === undefined) {
      const among = names.length > 1 ? ` (${files.length + 1} of ${names.length} in the range)` : "";
      throw new FoveaError("not-found", `${store.address(name)}: expected a file, got none there${among}`);
    }
    files.push(file);
  }
  return files;
}

async function placeInNet(address: string): Promise<Place> {
  const [{ openObjects }, { rootedAt }] = await Promise.all([
    import("./net/open-objects.js"),
    import("./net/objects.js"),
  ]);
  const { objects, key } = await openObjects(address);
  if (hasBraces(key)) {
    const folder = folderOf(key);
    const below = folder === "." ? "" : `${folder}/`;
    const store = rootedAt(objects, below);
    return { store, files: await foundAll(store, expandBraces(key.slice(below.length))) };
  }
  if (key !== "" && !key.endsWith("/")) {
    const slash = key.lastIndexOf("/") + 1;
    const store = rootedAt(objects, key.slice(0, slash));
    const file = await store.find(key.slice(slash));
    if (file) return { store, files: [file] };
  }
  return { store: rootedAt(objects, key === "" || key.endsWith("/") ? key : `${key}/`), files: undefined };
}
