/** @file A dataset of photos from a folder or a manifest: lists the files, reads their headers, splits them. */

import { FoveaError } from "../../foundation/error.js";
import { groupBy } from "../../foundation/group-by.js";
import { mapAhead } from "../../foundation/map-ahead.js";
import { present } from "../../foundation/present.js";
import { count } from "../../foundation/words.js";
import { imageSize } from "../../image/node.js";
import type { Box } from "../../image/picture/resize.js";
import { firstCopies } from "./copies.js";
import { type ListedPhoto, listPhotos } from "./list-photos.js";
import { type Photo, type PhotoDataset, type PooledPhoto, reasonOf, type SkippedPhoto } from "./photo.js";
import { type StratifyOptions, stratify } from "./stratify.js";

/** Shares and seed count only where the dataset itself names no splits. */
export interface LoadPhotosOptions extends StratifyOptions {
  /**
   * Whether all photos are only measured on: then a class may have a single one, and no splits are drawn where the dataset names none.
   * Default false.
   */
  readonly undivided?: boolean;
  /** Tells the photos of a part of the dataset, by their paths: others are listed, but not read. Default: all. */
  readonly isOwn?: ((path: string) => boolean) | undefined;
  /** Called with the number of files whose header was read. Default: nothing is called. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Lists photos with classes, splits and boxes (see `listPhotos`). Each file's header is read; those that cannot be used are
 * listed with the reason. Pixels are decoded when somebody needs them. Where a seed splits, files
 * that are the same stay together. Classes are in the order of their names' characters,
 * as torchvision and Keras have them.
 * @throws FoveaError `not-found`, `bad-file`, `bad-input` without two classes, or with a class of a single photo
 */
export async function loadPhotos(path: string, options: LoadPhotosOptions = {}): Promise<PhotoDataset> {
  const { undivided = false, isOwn = () => true } = options;
  const { photos: list, origin, notes } = await listPhotos(path);
  const splitsGiven = list.some(({ split, label }) => split !== undefined && label !== undefined);
  const isDrawn = !splitsGiven && !undivided;
  // Splits are drawn among all that can be read; else the others need not be looked at.
  const looked = isDrawn ? list : list.filter((photo) => isOwn(photo.path));
  const { readable, skipped } = await readHeaders(looked, options.onProgress);
  const isPart = options.isOwn !== undefined;
  if (!isPart) checkPhotos({ path, list, readable, skipped, notes }, undivided);
  const pool = poolOf(path, isDrawn ? readable : list, await splitsOf(readable, isDrawn, options));
  const classes = [...new Set(pool.map(({ label }) => label))].sort();
  const splitOf = new Map(pool.map((photo) => [photo.path, photo.split]));
  const photos = readable.flatMap((photo): Photo[] =>
    isOwn(photo.path)
      ? [{ ...photo, label: classes.indexOf(photo.label), split: present(splitOf.get(photo.path), "split of a photo") }]
      : [],
  );
  const found = { origin, how: howSplit(options, { isDrawn, splitsGiven }) };
  return {
    ...{ name: path, source: sourceInWords(photos.length, classes.length, found), found, classes, photos, pool, notes },
    skipped: isPart ? skipped.filter((photo) => isOwn(photo.path)) : skipped,
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

async function splitsOf(
  readable: readonly ReadablePhoto[],
  isDrawn: boolean,
  options: StratifyOptions,
): Promise<readonly Photo["split"][] | undefined> {
  if (!isDrawn) return undefined;
  const labels = readable.map(({ label }) => label);
  return stratify(labels, options, await firstCopies(readable.map(({ path }) => path)));
}

/** The photos that every part of a dataset knows of, with the splits that were drawn, or else are given. */
function poolOf(
  path: string,
  listed: readonly ListedPhoto[],
  drawn: readonly Photo["split"][] | undefined,
): PooledPhoto[] {
  const labelled = listed.flatMap(({ path: file, label, split }, i) =>
    label === undefined ? [] : [{ path: file, label, split: drawn?.[i] ?? split }],
  );
  const without = labelled.filter(({ split }) => split === undefined).length;
  if (without > 0 && without < labelled.length) {
    const got = `${count(without)} of ${count(labelled.length)} photos without`;
    throw new FoveaError("bad-file", `${path}: split: expected one for each photo or for none, got ${got}`);
  }
  return labelled.map(({ split = "test", ...photo }) => ({ ...photo, split }));
}

interface ReadablePhoto extends Omit<Photo, "label" | "split"> {
  readonly label: string;
  readonly split: Photo["split"] | undefined;
}

/** Headers read at a time. */
const ahead = 8;

async function readHeaders(list: readonly ListedPhoto[], onProgress: LoadPhotosOptions["onProgress"]) {
  const readable: ReadablePhoto[] = [];
  const skipped: SkippedPhoto[] = [];
  for await (const photo of mapAhead(list, ahead, readHeader)) {
    if ("reason" in photo) skipped.push(photo);
    else readable.push(photo);
    onProgress?.(readable.length + skipped.length, list.length);
  }
  return { readable, skipped };
}

async function readHeader({ path, label, split, boxes, reason }: ListedPhoto): Promise<ReadablePhoto | SkippedPhoto> {
  if (label === undefined) return { path, reason: present(reason, "reason why a photo has no label") };
  try {
    const size = await imageSize(path);
    const clipped = boxes?.map((box) => clipBox(box, size, path));
    return { path, label, split, ...size, ...(clipped ? { boxes: clipped } : {}) };
  } catch (error) {
    if (!(error instanceof FoveaError)) throw error;
    return { path, reason: reasonOf(path, error) };
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
  readonly list: readonly ListedPhoto[];
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
