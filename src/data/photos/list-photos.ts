/** @file The photos that a folder or a manifest lists, with their labels, splits and boxes; no picture is opened. */

import { stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { readInput, readInputText } from "../../files/input/read-input.js";
import { FoveaError, messageOf } from "../../foundation/error.js";
import { groupBy } from "../../foundation/group-by.js";
import { parseJson } from "../../foundation/parse-json.js";
import { at } from "../../foundation/present.js";
import { count, counted } from "../../foundation/words.js";
import type { Box } from "../../image/picture/resize.js";
import { imagesAmong } from "../find-images.js";
import type { WalkOptions } from "../folder-guard.js";
import { readCoco } from "./coco.js";
import { doubtfulClasses, placesOf } from "./folders.js";
import { imageFinder } from "./image-finder.js";
import { isJsonManifest, isManifest, readCsvManifest, readJsonManifest } from "./manifest.js";
import type { AnnotatedObject, Annotation, Split } from "./photo.js";
import { parseSplit } from "./split-names.js";
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
  /** What the user should know of how they were found, a plain sentence each. */
  readonly notes: readonly string[];
}

/**
 * The photos of a folder, or of a CSV or JSON file. A folder with manifests in it (not below) holds the photos that they list,
 * each for the split that it is named after, if it is; else the folders name classes and splits, and annotations the boxes, and
 * the classes where folders do not. Folders are also read where manifests leave out some of the photos that lie in folders of
 * classes; a note tells of both, and of links out of the folder, which are not followed (see `filesIn`).
 * @throws FoveaError `not-found`, `bad-file`, `bad-input` for a folder of more files than anybody means
 */
export async function listPhotos(path: string, options?: WalkOptions): Promise<PhotoList> {
  const stats = await stat(path).catch(() => undefined);
  if (stats === undefined) throw new FoveaError("not-found", `${path}: photos: expected a folder, got none there`);
  if (stats.isDirectory()) {
    // Other datasets do not need it.
    const { filesIn } = await import("../walk.js");
    const { names, notes } = await filesIn(path, options);
    const list = await listFolder(path, names);
    return { ...list, notes: [...notes, ...list.notes] };
  }
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
  const known = new Set(imagesAmong(files, folder));
  const images = files.filter((file) => unreadable.test(file) || known.has(file));
  if (manifests.length === 0) return listByFolders(folder, images, files.filter(isAnnotation));
  const listed = listByManifests(folder, manifests);
  const names = new Set(manifests.flatMap(({ annotations }) => annotations.map(({ path }) => path)));
  const unlisted = images.filter((image) => !names.has(image));
  if (unlisted.length === 0) return listed;
  const lists = manifests.map(({ name }) => name).join(", ");
  const holds = `${lists}: of ${count(images.length)} photos, ${count(unlisted.length)} are not listed`;
  const byFolders = await listByFolders(folder, images, files.filter(isAnnotation));
  if (!areSameClasses(byFolders, listed)) return { ...listed, notes: [`${holds} and are left out`] };
  const boxesOf = new Map(listed.photos.map(({ path, boxes }) => [path, boxes]));
  const photos = byFolders.photos.map((photo) => ({ ...photo, boxes: boxesOf.get(photo.path) ?? photo.boxes }));
  const advice = `to use only those that are, name the list: ${join(folder, manifests[0]?.name ?? "")}`;
  const notes = [`${holds}: classes are read from folders (${advice})`, ...byFolders.notes];
  return { ...byFolders, photos, notes };
}

/** Whether folders name several classes, and those of a list. */
function areSameClasses({ photos }: PhotoList, listed: PhotoList): boolean {
  const labelOf = new Map(photos.map(({ path, label }) => [path, label]));
  const classes = new Set([...labelOf.values()].filter((label) => label !== undefined));
  return (
    classes.size > 1 && listed.photos.every(({ path, label }) => label === undefined || labelOf.get(path) === label)
  );
}

const isAnnotation = (file: string) => /\.(xml|json)$/i.test(file);

/** Pictures that cannot be read: listed, so that they are missed. */
const unreadable = /\.(bmp|heic|heif|jp2|jxl|psd)$/i;

/** The manifest in a file; undefined for a file of another kind. @param orOther whether lists may be of something else */
async function readManifest(path: string, { orOther = false } = {}): Promise<Annotation[] | undefined> {
  if (/\.[ct]sv$/i.test(path)) {
    const text = await readInputText(path, "list");
    return orOther && !isManifest(text, path) ? undefined : readCsvManifest(text, path);
  }
  if (!/\.json$/i.test(path)) return undefined;
  const value = readJson(await readInputText(path, "list"), path);
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
  return { photos, origin: `listed in ${manifests.map(({ name }) => name).join(", ")}`, notes: [] };
}

const severalLabels = (labels: readonly string[]) => `label: expected one class, got ${labels.slice(0, 5).join(", ")}`;

async function listByFolders(folder: string, images: readonly string[], others: readonly string[]): Promise<PhotoList> {
  const objects = await readObjects(folder, images, others);
  const places = placesOf(images);
  const classes = new Set(places.flatMap(({ label }) => (label === undefined ? [] : [label])));
  const byFolder = classes.size > 1 || objects.size === 0;
  const outside = images.filter((_, i) => places[i]?.outside);
  const photos = images.flatMap((image, i): ListedPhoto[] => {
    const { label, split, outside: isOutside } = at(places, i);
    if (isOutside) return [];
    const path = join(folder, image);
    const own = objects.get(image) ?? [];
    return [{ path, split, ...(byFolder ? ofFolder(label, own) : ofAnnotations(own)) }];
  });
  const notes = [
    ...(outside.length > 0
      ? [`${counted(outside.length, "photo")} beside the splits left out, the first ${outside[0]}`]
      : []),
    ...(byFolder ? doubtfulClasses([...classes]) : []),
  ];
  return { photos, origin: byFolder ? "classes by folder" : "classes by annotation", notes };
}

type Labelled = Omit<ListedPhoto, "path" | "split">;

function ofFolder(label: string | undefined, objects: readonly AnnotatedObject[]): Labelled {
  if (label === undefined) return { reason: "label: expected it in a class's folder, got it beside them" };
  const ofClass = objects.filter((object) => object.label.toLowerCase() === label.toLowerCase());
  return { label, ...boxesOf(ofClass.length > 0 ? ofClass : objects) };
}

function ofAnnotations(objects: readonly AnnotatedObject[]): Labelled {
  const [label, ...others] = new Set(objects.map((object) => object.label));
  if (label === undefined) return { reason: "label: expected an annotation, got none" };
  return others.length > 0 ? { reason: severalLabels([label, ...others]) } : { label, ...boxesOf(objects) };
}

function boxesOf(objects: readonly AnnotatedObject[]): Pick<ListedPhoto, "boxes"> {
  return objects.length > 0 ? { boxes: objects.map(({ box }) => box) } : {};
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
      ? readVoc(await readInput(where, "annotation"), where)
      : readCoco(readJson(await readInputText(where, "list"), where), where);
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

function readJson(text: string, path: string): unknown {
  try {
    return parseJson(text);
  } catch (cause) {
    throw new FoveaError("bad-file", `${path}: expected JSON, got ${messageOf(cause)}`, { cause });
  }
}
