/** @file A dataset of photos from a folder or a manifest: lists the files, reads their headers, splits them. */

import { FoveaError } from "../../foundation/error.js";
import { groupBy } from "../../foundation/group-by.js";
import { mapAhead } from "../../foundation/map-ahead.js";
import { present } from "../../foundation/present.js";
import { hashOf } from "../../foundation/random.js";
import { count } from "../../foundation/words.js";
import { defaultMaxPixels, imageSize, sizeInHeader } from "../../image/node.js";
import type { Box } from "../../image/picture/resize.js";
import { splitOfArchive } from "../sources/archive-split.js";
import type { Source, SourceImage } from "../sources/source.js";
import { firstCopies } from "./copies/copies.js";
import { type Photo, type PhotoDataset, type PooledPhoto, reasonOf, type SkippedPhoto } from "./photo.js";
import { type StratifyOptions, stratify } from "./stratify.js";

/** Shares and seed count only where the dataset itself names no splits. */
export interface LoadPhotosOptions extends StratifyOptions {
  /**
   * Whether all photos are only measured on: then a class may have a single one, and no splits are drawn where the dataset names none.
   * Default false.
   */
  readonly undivided?: boolean;
  /** Tells a part of the dataset, by the names of images or of the archives they lie in; others are not read. Default: all. */
  readonly isOwn?: ((unit: string) => boolean) | undefined;
  /** Called with the number of files whose header was read. Default: nothing is called. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Lists the photos of a folder, a list, archives or a table, on disk or at an address, with classes, splits and boxes. Each file's
 * header is read; those that cannot be used are listed with the reason. Pixels are decoded when somebody needs them. Where a seed splits,
 * files that are the same stay together. Classes are in the order of their names' characters, as torchvision and Keras have them.
 * @throws FoveaError `not-found`, `bad-file`, `bad-input` without two classes, or with a class of a single photo
 */
export async function loadPhotos(path: string, options: LoadPhotosOptions = {}): Promise<PhotoDataset> {
  const { openSource } = await import("../sources/open-source.js");
  const source = await openSource(path);
  try {
    return await loadFrom(source, options);
  } catch (error) {
    await source.close();
    throw error;
  }
}

async function loadFrom(opened: Source, options: LoadPhotosOptions): Promise<PhotoDataset> {
  const { address: path, origin } = opened;
  const { undivided = false, isOwn } = options;
  const { list, isPooled, splits } = await listImages(opened, options);
  const splitsGiven = list.some(({ split, label }) => split !== undefined && label !== undefined);
  const isDrawn = !splitsGiven && !undivided;
  // Splits are drawn among all that can be read; else the others need not be looked at.
  const looked = isDrawn || !isOwn ? list : list.filter(({ unit }) => isOwn(unit));
  const { readable, skipped } = await readHeaders(looked, options.onProgress);
  if (!isOwn) checkPhotos({ path, list, readable, skipped, notes: opened.notes }, undivided);
  const known = withSplits(path, isDrawn ? readable : list, await drawnSplits(readable, isDrawn, options));
  const classes = [...new Set(known.map(({ label }) => label))].sort();
  const splitOf = new Map(known.map(({ name, split }) => [name, split]));
  const photos = readable.flatMap((photo): Photo[] =>
    isOwn === undefined || isOwn(photo.unit)
      ? [{ ...photo, label: classes.indexOf(photo.label), split: present(splitOf.get(photo.name), "split of a photo") }]
      : [],
  );
  const found = { origin, how: howSplit(options, { isDrawn, splitsGiven }) };
  return {
    ...{ name: path, source: sourceInWords(photos.length, classes.length, found), found, classes, photos },
    pool: known.filter(isPooled),
    isArchived: opened.archives.length > 0,
    splits: splits ?? [...new Set(known.map(({ split }) => split))],
    skipped: skipped.flatMap(({ unit, ...photo }) => (isOwn === undefined || isOwn(unit) ? [photo] : [])),
    notes: opened.notes,
    close: () => opened.close(),
  };
}

interface Listed {
  readonly list: readonly SourceImage[];
  /** Whether an image is one that every part of the dataset knows of. */
  readonly isPooled: (image: Pick<SourceImage, "unit">) => boolean;
  /** Those that the names of archives tell; undefined where they tell none. */
  readonly splits: readonly Photo["split"][] | undefined;
}

/**
 * Of archives only those of the part are opened, and for each split the one whose hash is least, which all parts know; where splits are
 * to be drawn, all are.
 */
async function listImages(opened: Source, { isOwn, undivided = false }: LoadPhotosOptions): Promise<Listed> {
  const { archives } = opened;
  const byName = archives.map(splitOfArchive);
  const isTold = archives.length > 0 && (undivided || !byName.includes(undefined));
  const pool = new Set<string>();
  if (isTold) {
    const least = (some: readonly string[]) =>
      some.reduce((a, b) => (hashOf(`pool/${b}`) < hashOf(`pool/${a}`) ? b : a));
    for (const some of groupBy(archives, splitOfArchive).values()) pool.add(least(some));
  }
  const list: SourceImage[] = [];
  const keep = (unit: string) => !isTold || isOwn === undefined || isOwn(unit) || pool.has(unit);
  for await (const image of opened.images(isTold ? { keep } : {})) list.push(image);
  const splits = [...new Set(byName.flatMap((split) => split ?? []))];
  return {
    list,
    isPooled: ({ unit }) => !isTold || pool.has(unit),
    splits: isTold && splits.length > 0 ? splits : undefined,
  };
}

/** How photos were read, in words for people. */
export function sourceInWords(photos: number, classes: number, { origin, how }: PhotoDataset["found"]): string {
  return `${count(photos)} photos of ${count(classes)} classes, ${origin}, ${how}`;
}

function howSplit(
  { seed = 1, validation = 0.15, test = 0.15 }: StratifyOptions,
  { isDrawn, splitsGiven }: { readonly isDrawn: boolean; readonly splitsGiven: boolean },
): string {
  if (splitsGiven) return "splits as given";
  if (!isDrawn) return "not split";
  return `${count(Math.round(100 * validation))}% for validation and ${Math.round(100 * test)}% for the test chosen with seed ${seed}`;
}

async function drawnSplits(
  readable: readonly ReadablePhoto[],
  isDrawn: boolean,
  options: StratifyOptions,
): Promise<readonly Photo["split"][] | undefined> {
  if (!isDrawn) return undefined;
  const labels = readable.map(({ label }) => label);
  return stratify(labels, options, await firstCopies(readable));
}

/** The images that have a label, with the splits that were drawn, or else are given. */
function withSplits(
  path: string,
  listed: readonly Pick<SourceImage, "path" | "file" | "name" | "unit" | "split" | "label" | "boxes">[],
  drawn: readonly Photo["split"][] | undefined,
): (PooledPhoto & Pick<SourceImage, "unit">)[] {
  const labelled = listed.flatMap(({ label, split, path: place, name, unit, file, boxes }, i) => {
    const hasBoxes = boxes !== undefined;
    const photo = { path: place, name, unit, split: drawn?.[i] ?? split, hasBoxes, ...(file ? { file } : {}) };
    return label === undefined ? [] : [{ ...photo, label }];
  });
  const without = labelled.filter(({ split }) => split === undefined).length;
  if (without > 0 && without < labelled.length) {
    const got = `${count(without)} of ${count(labelled.length)} photos without`;
    throw new FoveaError("bad-file", `${path}: split: expected one for each photo or for none, got ${got}`);
  }
  return labelled.map(({ split = "test", ...photo }) => ({ ...photo, split }));
}

interface ReadablePhoto extends Omit<Photo, "label" | "split">, Pick<SourceImage, "unit"> {
  readonly label: string;
  readonly split: Photo["split"] | undefined;
}

/** Headers read at a time. */
const ahead = 8;

async function readHeaders(list: readonly SourceImage[], onProgress: LoadPhotosOptions["onProgress"]) {
  const readable: ReadablePhoto[] = [];
  const skipped: (SkippedPhoto & Pick<SourceImage, "unit">)[] = [];
  for await (const photo of mapAhead(list, ahead, readHeader)) {
    if ("reason" in photo) skipped.push(photo);
    else readable.push(photo);
    onProgress?.(readable.length + skipped.length, list.length);
  }
  return { readable, skipped };
}

/** Bytes in which nearly all formats tell the size; in others the file is read. */
const headBytes = 2 ** 16;

async function sizeOf({ path, file }: SourceImage): Promise<{ width: number; height: number }> {
  if (file === undefined) return imageSize(path);
  const head = await file.head?.(headBytes);
  const size = head && (await sizeInHeader(head));
  if (size && size.width * size.height <= defaultMaxPixels) return size;
  return imageSize(await file.read(), { name: path });
}

async function readHeader(image: SourceImage): Promise<ReadablePhoto | (SkippedPhoto & Pick<SourceImage, "unit">)> {
  const { path, name, unit, file, label, split, boxes, reason } = image;
  if (label === undefined) return { path, unit, reason: present(reason, "reason why a photo has no label") };
  try {
    const size = await sizeOf(image);
    const clipped = boxes?.map((box) => clipBox(box, size, path));
    return {
      path,
      name,
      unit,
      ...(file ? { file } : {}),
      label,
      split,
      ...size,
      ...(clipped ? { boxes: clipped } : {}),
    };
  } catch (error) {
    if (!(error instanceof FoveaError)) throw error;
    return { path, unit, reason: reasonOf(path, error) };
  }
}

/** @throws FoveaError `bad-file` where no part of the box lies on the picture */
function clipBox({ x, y, width, height }: Box, picture: { width: number; height: number }, path: string): Box {
  const [left, top] = [Math.max(0, x), Math.max(0, y)];
  const [right, bottom] = [Math.min(picture.width, x + width), Math.min(picture.height, y + height)];
  if (right > left && bottom > top) return { x: left, y: top, width: right - left, height: bottom - top };
  const expected = `expected one on the picture of ${picture.width}x${picture.height}`;
  throw new FoveaError("bad-file", `${path}: box: ${expected}, got ${width}x${height} at (${x}, ${y})`);
}

interface Checked {
  readonly path: string;
  readonly list: readonly SourceImage[];
  readonly readable: readonly ReadablePhoto[];
  readonly skipped: readonly SkippedPhoto[];
  readonly notes: readonly string[];
}

/** @param undivided whether a class may have a single photo */
function checkPhotos({ path, list, readable, skipped, notes }: Checked, undivided: boolean): void {
  const left = notes.length > 0 ? `; ${notes.join("; ")}` : "";
  const photosError = (sentence: string) => new FoveaError("bad-input", `${path}: photos: ${sentence}${left}`);
  const expected = "expected a folder of images for each class, or a list of photos with labels (CSV)";
  if (list.length === 0) throw photosError(`${expected}, got no image`);
  const [first] = skipped;
  if (first && readable.length === 0) {
    throw photosError(
      `${expected}, got ${count(list.length)} that cannot be used, the first ${first.path}: ${first.reason}`,
    );
  }
  const classes = groupBy(readable, ({ label }) => label);
  if (classes.size < 2) {
    const but = first
      ? `, and ${count(skipped.length)} that cannot be used, the first ${first.path}: ${first.reason}`
      : "";
    throw photosError(`expected at least 2 classes, got only "${readable[0]?.label}"${but}`);
  }
  if (undivided) return;
  for (const [label, members] of classes) {
    if (members.length > 1) continue;
    throw photosError(
      `class "${label}": expected at least 2, to learn from one and test on another, got only ${members[0]?.path}`,
    );
  }
}
