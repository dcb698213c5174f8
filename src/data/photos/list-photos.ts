/** @file The photos that a folder or a manifest lists, with their labels, splits and boxes; no picture is opened. */

import { readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { FoveaError, messageOf } from "../../foundation/error.js";
import { at } from "../../foundation/present.js";
import type { Box } from "../../image/picture/resize.js";
import { filesMatching, isImage } from "../find-images.js";
import { readCoco } from "./coco.js";
import { placesOf } from "./folders.js";
import { groupBy } from "./group-by.js";
import { imageFinder } from "./image-finder.js";
import { isJsonManifest, isManifest, readCsvManifest, readJsonManifest } from "./manifest.js";
import { type AnnotatedObject, type Annotation, parseSplit, type Split } from "./photo.js";
import { readVoc } from "./voc.js";

export interface ListedPhoto {
  readonly path: string;
  /** Undefined where nothing names it, or annotations name several. */
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
 * The photos of a folder, or of a CSV or JSON file. A folder with manifests in it (not below) holds the photos that they list,
 * each for the split that it is named after, if it is; else the folders name classes and splits, and annotations the boxes, and
 * the classes where folders do not.
 * @throws FoveaError `not-found`, `bad-file`
 */
export async function listPhotos(path: string): Promise<PhotoList> {
  const stats = await stat(path).catch(() => undefined);
  if (stats === undefined) throw new FoveaError("not-found", `${path}: photos: expected a folder, got none there`);
  if (stats.isDirectory()) return listFolder(path, await filesMatching("**/*", path));
  const annotations = await readManifest(path);
  if (annotations) return listByManifests(dirname(path), [{ name: basename(path), annotations }]);
  throw new FoveaError(
    "bad-file",
    `${path}: photos: expected a folder, or a list of photos as .csv, .tsv or .json, got another file`,
  );
}

interface Manifest {
  readonly name: string;
  readonly annotations: readonly Annotation[];
}

async function listFolder(folder: string, files: readonly string[]): Promise<PhotoList> {
  const manifests: Manifest[] = [];
  for (const name of files.filter((file) => /^[^/]+\.(csv|tsv|json)$/i.test(file))) {
    const annotations = await readManifest(join(folder, name), { orOther: true });
    if (annotations) manifests.push({ name, annotations });
  }
  if (manifests.length > 0) return listByManifests(folder, manifests);
  const areImages = await Promise.all(files.map(async (file) => unreadable.test(file) || isImage(join(folder, file))));
  return listByFolders(
    folder,
    files.filter((_, i) => areImages[i]),
    files.filter((file) => /\.(xml|json)$/i.test(file)),
  );
}

/** Pictures that cannot be read: listed, so that they are missed. */
const unreadable = /\.(bmp|heic|heif|jp2|jxl|psd)$/i;

/** The manifest in a file; undefined for a file of another kind. @param orOther whether lists may be of something else */
async function readManifest(path: string, { orOther = false } = {}): Promise<Annotation[] | undefined> {
  if (/\.[ct]sv$/i.test(path)) {
    const text = await readText(path);
    return orOther && !isManifest(text) ? undefined : readCsvManifest(text, path);
  }
  if (!/\.json$/i.test(path)) return undefined;
  const value = parseJson(await readText(path), path);
  if (!Array.isArray(value) || (orOther && !isJsonManifest(value))) return undefined;
  return readJsonManifest(value, path);
}

function listByManifests(folder: string, manifests: readonly Manifest[]): PhotoList {
  const annotations = manifests.flatMap(({ name, annotations: entries }) => {
    const split = parseSplit(name.replace(/\.[^.]*$/, ""));
    return entries.map((each) => (split && !each.split ? { ...each, split } : each));
  });
  const photos = [...groupBy(annotations, ({ path }) => path)].map(([path, all]) => {
    const where = join(folder, path);
    const [split, ...otherSplits] = new Set(all.map((each) => each.split));
    if (otherSplits.length > 0) throw new FoveaError("bad-file", `${where}: split: expected one, got several`);
    const boxes = all.flatMap(({ box }) => (box ? [box] : []));
    const labels = [...new Set(all.map(({ label }) => label))];
    if (labels.length > 1 && boxes.length === 0) throw new FoveaError("bad-file", `${where}: ${severalLabels(labels)}`);
    const label = labels.length > 1 ? { reason: severalLabels(labels) } : { label: labels[0] };
    return { path: where, split, ...label, ...(boxes.length > 0 ? { boxes } : {}) };
  });
  return { photos, origin: `listed in ${manifests.map(({ name }) => name).join(", ")}` };
}

const severalLabels = (labels: readonly string[]) => `label: expected one class, got ${labels.slice(0, 5).join(", ")}`;

async function listByFolders(folder: string, images: readonly string[], others: readonly string[]): Promise<PhotoList> {
  const objects = await readObjects(folder, images, others);
  const places = placesOf(images);
  const classes = new Set(places.flatMap(({ label }) => (label === undefined ? [] : [label])));
  const byFolder = classes.size > 1 || objects.size === 0;
  const photos = images.map((image, i): ListedPhoto => {
    const { label: folderLabel, split } = at(places, i);
    const ownObjects = objects.get(image) ?? [];
    const labels = [...new Set(ownObjects.map((object) => object.label))];
    const path = join(folder, image);
    if (!byFolder && labels.length > 1) return { path, split, reason: severalLabels(labels) };
    const label = byFolder ? folderLabel : labels[0];
    if (label === undefined) {
      const lacks = byFolder
        ? "expected it in a class's folder, got it beside them"
        : "expected an annotation, got none";
      return { path, split, reason: `label: ${lacks}` };
    }
    const ofClass = ownObjects.filter((object) => object.label.toLowerCase() === label.toLowerCase());
    const boxes = (ofClass.length > 0 ? ofClass : ownObjects).map(({ box }) => box);
    return { path, label, split, ...(boxes.length > 0 ? { boxes } : {}) };
  });
  return { photos, origin: byFolder ? "classes by folder" : "classes by annotation" };
}

/** The objects of each image, from all annotations. */
async function readObjects(
  folder: string,
  images: readonly string[],
  others: readonly string[],
): Promise<ReadonlyMap<string, AnnotatedObject[]>> {
  const findImage = imageFinder(images);
  const objects = new Map<string, AnnotatedObject[]>();
  for (const name of others) {
    const where = join(folder, name);
    const annotations = /\.xml$/i.test(name)
      ? readVoc(await readBytes(where), where)
      : readCoco(parseJson(await readText(where), where), where);
    const files = new Set(annotations?.map(({ file }) => file));
    const imageOf = new Map([...files].map((file) => [file, findImage(file, name)]));
    for (const object of annotations ?? []) {
      const image = imageOf.get(object.file);
      if (image === undefined) continue;
      const list = objects.get(image);
      if (list) list.push(object);
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
    throw new FoveaError("not-found", `${path}: expected a readable file: ${messageOf(cause)}`, { cause });
  }
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new FoveaError("bad-file", `${path}: expected JSON, got ${messageOf(cause)}`, { cause });
  }
}
