/** @file Which photos a folder or a manifest lists, with what is said of them; no picture is opened. */

import { readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { FoveaError } from "../../foundation/error.js";
import type { Box } from "../../image/picture/resize.js";
import { filesMatching, isImage } from "../find-images.js";
import { type FoundObject, imageFinder, readCoco } from "./annotations.js";
import { placesOf } from "./folders.js";
import { groupBy } from "./group-by.js";
import { isJsonManifest, isManifest, readCsvManifest, readJsonManifest } from "./manifest.js";
import { type Annotation, type Split, splitNamed } from "./photo.js";
import { readVoc } from "./voc.js";

export interface ListedPhoto {
  readonly path: string;
  /** Undefined where nothing tells it, or annotations tell several. */
  readonly label?: string | undefined;
  readonly split?: Split | undefined;
  readonly boxes?: readonly Box[] | undefined;
  /** Why there is no label. */
  readonly reason?: string;
}

export interface PhotoList {
  readonly photos: readonly ListedPhoto[];
  /** Where the labels come from, for people. */
  readonly origin: string;
}

/**
 * The photos of a folder, or of a CSV or JSON file. A folder with manifests in it (not below) holds what they list, each for
 * the split that it is named after, if it is; else the folders tell classes and splits, and annotations the boxes, and the
 * classes where folders do not.
 * @throws FoveaError `not-found`, `bad-file`
 */
export async function listPhotos(path: string): Promise<PhotoList> {
  const stats = await stat(path).catch(() => undefined);
  if (stats === undefined) throw new FoveaError("not-found", `${path}: photos: expected a folder, got none there`);
  if (stats.isDirectory()) return ofFolder(path, await filesMatching("**/*", path));
  const annotations = await manifestAt(path);
  if (annotations) return ofManifests(dirname(path), [{ name: basename(path), annotations }]);
  throw new FoveaError(
    "bad-file",
    `${path}: photos: expected a folder, or a list of photos as .csv, .tsv or .json, got another file`,
  );
}

interface Manifest {
  readonly name: string;
  readonly annotations: readonly Annotation[];
}

async function ofFolder(folder: string, files: readonly string[]): Promise<PhotoList> {
  const manifests: Manifest[] = [];
  for (const name of files.filter((file) => /^[^/]+\.(csv|tsv|json)$/i.test(file))) {
    const annotations = await manifestAt(join(folder, name), { orOther: true });
    if (annotations) manifests.push({ name, annotations });
  }
  if (manifests.length > 0) return ofManifests(folder, manifests);
  const wanted = await Promise.all(files.map(async (file) => refused.test(file) || isImage(join(folder, file))));
  return ofFolders(
    folder,
    files.filter((_, i) => wanted[i]),
    files.filter((file) => /\.(xml|json)$/i.test(file)),
  );
}

/** Pictures that cannot be read: listed, so that they are missed. */
const refused = /\.(bmp|heic|heif|jp2|jxl|psd)$/i;

/** The manifest in a file; undefined for a file of another kind. @param orOther whether lists may be of something else */
async function manifestAt(path: string, { orOther = false } = {}): Promise<Annotation[] | undefined> {
  if (/\.[ct]sv$/i.test(path)) {
    const text = await readText(path);
    return orOther && !isManifest(text) ? undefined : readCsvManifest(text, path);
  }
  if (!/\.json$/i.test(path)) return undefined;
  const value = parsed(await readText(path), path);
  if (!Array.isArray(value) || (orOther && !isJsonManifest(value))) return undefined;
  return readJsonManifest(value, path);
}

function ofManifests(folder: string, manifests: readonly Manifest[]): PhotoList {
  const named = manifests.flatMap(({ name, annotations }) => {
    const split = splitNamed(name.replace(/\.[^.]*$/, ""));
    return annotations.map((each) => (split && !each.split ? { ...each, split } : each));
  });
  const photos = [...groupBy(named, ({ path }) => path)].map(([path, all]) => {
    const where = join(folder, path);
    const split = onlyOne(all.map((each) => each.split));
    if (split === "several") throw new FoveaError("bad-file", `${where}: split: expected one, got several`);
    const boxes = all.flatMap(({ box }) => (box ? [box] : []));
    const labels = [...new Set(all.map(({ label }) => label))];
    if (labels.length > 1 && boxes.length === 0) throw new FoveaError("bad-file", `${where}: ${severalLabels(labels)}`);
    const known = labels.length > 1 ? { reason: severalLabels(labels) } : { label: labels[0] };
    return { path: where, split, ...known, ...(boxes.length > 0 ? { boxes } : {}) };
  });
  return { photos, origin: `listed in ${manifests.map(({ name }) => name).join(", ")}` };
}

function onlyOne<Value>(values: readonly Value[]): Value | "several" {
  return new Set(values).size > 1 ? "several" : (values[0] as Value);
}

const severalLabels = (labels: readonly string[]) => `label: expected one class, got ${labels.slice(0, 5).join(", ")}`;

async function ofFolders(folder: string, images: readonly string[], others: readonly string[]): Promise<PhotoList> {
  const objects = await objectsOf(folder, images, others);
  const places = placesOf(images);
  const classes = new Set(places.flatMap(({ label }) => (label === undefined ? [] : [label])));
  const byFolder = classes.size > 1 || objects.size === 0;
  const photos = images.map((image, i): ListedPhoto => {
    const { label: named, split } = places[i] as (typeof places)[number];
    const found = objects.get(image) ?? [];
    const labels = byFolder ? [named] : [...new Set(found.map(({ label }) => label))];
    const [label] = labels;
    const path = join(folder, image);
    if (labels.length > 1) return { path, split, reason: severalLabels(labels as string[]) };
    if (label === undefined) {
      const lacks = byFolder
        ? "expected it in a class's folder, got it beside them"
        : "expected an annotation, got none";
      return { path, split, reason: `label: ${lacks}` };
    }
    const own = found.filter((object) => object.label.toLowerCase() === label.toLowerCase());
    const boxes = (own.length > 0 ? own : found).map(({ box }) => box);
    return { path, label, split, ...(boxes.length > 0 ? { boxes } : {}) };
  });
  return { photos, origin: byFolder ? "classes by folder" : "classes by annotation" };
}

/** The objects of each image, from whatever annotations there are. */
async function objectsOf(
  folder: string,
  images: readonly string[],
  others: readonly string[],
): Promise<ReadonlyMap<string, FoundObject[]>> {
  const imageOf = imageFinder(images);
  const objects = new Map<string, FoundObject[]>();
  for (const name of others) {
    const where = join(folder, name);
    const found = /\.xml$/i.test(name)
      ? readVoc(await readBytes(where), where)
      : readCoco(parsed(await readText(where), where), where);
    const files = new Set(found?.map(({ file }) => file));
    const meant = new Map([...files].map((file) => [file, imageOf(file, name)]));
    for (const object of found ?? []) {
      const image = meant.get(object.file);
      if (image === undefined) continue;
      const known = objects.get(image);
      if (known) known.push(object);
      else objects.set(image, [object]);
    }
  }
  return objects;
}

const mostBytes = 2 ** 28;

const readText = async (path: string) => (await readBytes(path)).toString("utf8");

async function readBytes(path: string): Promise<Buffer> {
  const { size } = await stat(path);
  if (size > mostBytes) {
    throw new FoveaError("bad-file", `${path}: expected a list of at most ${mostBytes} bytes, got ${size}`);
  }
  try {
    return await readFile(path);
  } catch (cause) {
    throw new FoveaError("not-found", `${path}: expected a readable file: ${(cause as Error).message}`, { cause });
  }
}

function parsed(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new FoveaError("bad-file", `${path}: expected JSON, got ${(cause as Error).message}`, { cause });
  }
}
