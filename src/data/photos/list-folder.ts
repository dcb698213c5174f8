/** @file The images of a folder, wherever it lies, with labels, splits and boxes from folders, lists and annotations; none is opened. */

import { FoveaError, messageOf } from "../../foundation/error.js";
import { groupBy } from "../../foundation/group-by.js";
import { parseJson } from "../../foundation/parse-json.js";
import { at } from "../../foundation/present.js";
import { count, counted } from "../../foundation/words.js";
import { hasImageEnding, imagesAmong } from "../find-images.js";
import type { ImageLabels, NamedImage } from "../sources/source.js";
import { readStored, readStoredText, type Store } from "../stores/store.js";
import { readCoco } from "./coco.js";
import { doubtfulClasses, placesOf } from "./folders.js";
import { imageFinder } from "./image-finder.js";
import { isJsonManifest, isManifest, readCsvManifest, readJsonManifest } from "./manifest.js";
import type { AnnotatedObject, Annotation, Split } from "./photo.js";
import { parseSplit } from "./split-names.js";
import { readVoc } from "./voc.js";

export interface NamedPhotos {
  readonly photos: readonly NamedImage[];
  /** Where the labels come from, for people. */
  readonly origin: string;
  /** What the user should know of how they were found, a plain sentence each. */
  readonly notes: readonly string[];
}

/** A list of images. */
export interface Manifest {
  readonly name: string;
  readonly annotations: readonly Annotation[];
}

/**
 * The images of a folder. With manifests in it (not below) it holds those that they list, each for the split that it is named after,
 * if it is; else the folders name classes and splits, and annotations the boxes, and the classes where folders do not. Folders are
 * also read where manifests leave out some of the images that lie in folders of classes; a note tells of both.
 * @param files all files of the folder
 * @throws FoveaError `bad-file`
 */
export async function listFolder(store: Store, files: readonly string[]): Promise<NamedPhotos> {
  const manifests: Manifest[] = [];
  for (const name of files.filter((file) => /^[^/]+\.(csv|tsv|json)$/i.test(file))) {
    const annotations = await readManifest(store, name, { orOther: true });
    if (annotations) manifests.push({ name, annotations });
  }
  const known = new Set(store.pathOf ? imagesAmong(files, store.pathOf("")) : files.filter(hasImageEnding));
  const images = files.filter((file) => unreadable.test(file) || known.has(file));
  if (manifests.length === 0) return listByFolders(store, images, files.filter(isAnnotation));
  const listed = listByManifests(store, manifests);
  const names = new Set(manifests.flatMap(({ annotations }) => annotations.map(({ path }) => path)));
  const unlisted = images.filter((image) => !names.has(image));
  if (unlisted.length === 0) return listed;
  const lists = manifests.map(({ name }) => name).join(", ");
  const holds = `${lists}: of ${count(images.length)} photos, ${count(unlisted.length)} are not listed`;
  const byFolders = await listByFolders(store, images, files.filter(isAnnotation));
  if (!areSameClasses(byFolders, listed)) return { ...listed, notes: [`${holds} and are left out`] };
  const boxesOf = new Map(listed.photos.map(({ name, boxes }) => [name, boxes]));
  const photos = byFolders.photos.map((photo) => ({ ...photo, boxes: boxesOf.get(photo.name) ?? photo.boxes }));
  const advice = `to use only those that are, name the list: ${store.address(manifests[0]?.name ?? "")}`;
  const notes = [`${holds}: classes are read from folders (${advice})`, ...byFolders.notes];
  return { ...byFolders, photos, notes };
}

/** Whether folders name several classes, and those of a list. */
function areSameClasses({ photos }: NamedPhotos, listed: NamedPhotos): boolean {
  const labelOf = new Map(photos.map(({ name, label }) => [name, label]));
  const classes = new Set([...labelOf.values()].filter((label) => label !== undefined));
  return (
    classes.size > 1 && listed.photos.every(({ name, label }) => label === undefined || labelOf.get(name) === label)
  );
}

const isAnnotation = (file: string) => /\.(xml|json)$/i.test(file);

/** Pictures that cannot be read: listed, so that they are missed. */
export const unreadable = /\.(bmp|heic|heif|jp2|jxl|psd)$/i;

/** The manifest in a file; undefined for a file of another kind. @param orOther whether lists may be of something else */
export async function readManifest(
  store: Store,
  name: string,
  { orOther = false } = {},
): Promise<Annotation[] | undefined> {
  const path = store.address(name);
  if (/\.[ct]sv$/i.test(name)) {
    const text = await readStoredText(store, name, "list");
    return orOther && !isManifest(text, path) ? undefined : readCsvManifest(text, path);
  }
  if (!/\.json$/i.test(name)) return undefined;
  const value = readJson(await readStoredText(store, name, "list"), path);
  if (!Array.isArray(value) || (orOther && !isJsonManifest(value))) return undefined;
  return readJsonManifest(value, path);
}

/** The images that lists name. */
export function listByManifests(store: Store, manifests: readonly Manifest[]): NamedPhotos {
  const annotations = manifests.flatMap(({ name, annotations: entries }) => {
    const split = splitOfList(name);
    return entries.map((each) => (split && !each.split ? { ...each, split } : each));
  });
  const photos = [...groupBy(annotations, ({ path }) => path)].map(([name, all]) =>
    annotatedPhoto(name, all, store.address(name)),
  );
  return { photos, origin: `listed in ${manifests.map(({ name }) => name).join(", ")}`, notes: [] };
}

/** The split that a list is named after. */
export function splitOfList(name: string): Split | undefined {
  return parseSplit(name.replace(/\.[^.]*$/, ""));
}

/** The image of its annotations. @throws FoveaError `bad-file` where they name several classes or splits */
export function annotatedPhoto(name: string, all: readonly Annotation[], where: string): NamedImage {
  const [split, ...otherSplits] = new Set(all.map((each) => each.split));
  if (otherSplits.length > 0) throw new FoveaError("bad-file", `${where}: split: expected one, got several`);
  const boxes = all.flatMap(({ box }) => (box ? [box] : []));
  const labels = [...new Set(all.map(({ label }) => label))];
  if (labels.length > 1 && boxes.length === 0) throw new FoveaError("bad-file", `${where}: ${severalLabels(labels)}`);
  const label = labels.length > 1 ? { reason: severalLabels(labels) } : { label: labels[0] };
  return { name, split, ...label, ...(boxes.length > 0 ? { boxes } : {}) };
}

const severalLabels = (labels: readonly string[]) => `label: expected one class, got ${labels.slice(0, 5).join(", ")}`;

async function listByFolders(store: Store, images: readonly string[], others: readonly string[]): Promise<NamedPhotos> {
  const objects = await readObjects(store, images, others);
  const places = placesOf(images);
  const classes = new Set(places.flatMap(({ label }) => (label === undefined ? [] : [label])));
  const byFolder = classes.size > 1 || objects.size === 0;
  const outside = images.filter((_, i) => places[i]?.outside);
  const photos = images.flatMap((image, i): NamedImage[] => {
    const { label, split, outside: isOutside } = at(places, i);
    if (isOutside) return [];
    const own = objects.get(image) ?? [];
    return [{ name: image, split, ...(byFolder ? ofFolder(label, own) : ofAnnotations(own)) }];
  });
  const notes = [
    ...(outside.length > 0
      ? [`${counted(outside.length, "photo")} beside the splits left out, the first ${outside[0]}`]
      : []),
    ...(byFolder ? doubtfulClasses([...classes]) : []),
  ];
  return { photos, origin: byFolder ? "classes by folder" : "classes by annotation", notes };
}

type Labelled = Omit<ImageLabels, "split">;

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

function boxesOf(objects: readonly AnnotatedObject[]): Pick<ImageLabels, "boxes"> {
  return objects.length > 0 ? { boxes: objects.map(({ box }) => box) } : {};
}

/** The objects of each image, from all annotations. */
async function readObjects(
  store: Store,
  images: readonly string[],
  others: readonly string[],
): Promise<ReadonlyMap<string, AnnotatedObject[]>> {
  const findImage = imageFinder(images);
  const objects = new Map<string, AnnotatedObject[]>();
  for (const name of others) {
    const where = store.address(name);
    const annotations = /\.xml$/i.test(name)
      ? readVoc(await readStored(store, name, "annotation"), where)
      : readCoco(readJson(await readStoredText(store, name, "list"), where), where);
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
