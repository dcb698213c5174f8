/** @file A dataset of photos from a folder or a manifest: lists the files, reads their headers, splits them. */

import { FoveaError } from "../../foundation/error.js";
import { groupBy } from "../../foundation/group-by.js";
import { mapAhead } from "../../foundation/map-ahead.js";
import { present } from "../../foundation/present.js";
import { count } from "../../foundation/words.js";
import { defaultMaxPixels, imageSize, sizeInHeader } from "../../image/node.js";
import type { Box } from "../../image/picture/resize.js";
import { openSource } from "../sources/open-source.js";
import type { Source, SourceImage } from "../sources/source.js";
import { firstCopies } from "./copies.js";
import { type Photo, type PhotoDataset, reasonOf, type SkippedPhoto } from "./photo.js";
import { type StratifyOptions, stratify } from "./stratify.js";

/** Shares and seed count only where the dataset itself names no splits. */
export interface LoadPhotosOptions extends StratifyOptions {
  /** Whether a class may have a single photo: enough to be measured on, not to learn and test. Default false. */
  readonly single?: boolean;
  /** Called with the number of files whose header was read. Default: nothing is called. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Lists photos with classes, splits and boxes (see `openSource`). Each file's header is read; those that cannot be used are
 * listed with the reason. Pixels are decoded when somebody needs them. Where a seed splits, files
 * that are the same stay together. Classes are in the order of their names' characters,
 * as torchvision and Keras have them.
 * @throws FoveaError `not-found`, `bad-file`, `bad-input` without two classes, or with a class of a single photo
 */
export async function loadPhotos(path: string, options: LoadPhotosOptions = {}): Promise<PhotoDataset> {
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
  const list: SourceImage[] = [];
  for await (const image of opened.images()) list.push(image);
  const { notes } = opened;
  const { readable, skipped } = await readHeaders(list, options.onProgress);
  const classes = [...new Set(readable.map(({ label }) => label))].sort();
  checkPhotos({ path, list, readable, skipped, notes }, options.single ?? false);
  const withSplit = readable.filter(({ split }) => split !== undefined).length;
  if (withSplit > 0 && withSplit < readable.length) {
    const got = `${count(readable.length - withSplit)} of ${count(readable.length)} photos without`;
    throw new FoveaError("bad-file", `${path}: split: expected one for each photo or for none, got ${got}`);
  }
  const labels = readable.map(({ label }) => label);
  const splits = withSplit > 0 ? undefined : stratify(labels, options, await firstCopies(readable));
  const { seed = 1, validation = 0.15, test = 0.15 } = options;
  const how = splits
    ? `${count(Math.round(100 * validation))}% for validation and ${Math.round(100 * test)}% for the test chosen with seed ${seed}`
    : "splits as given";
  const photos = readable.map(
    (photo, i): Photo => ({
      ...photo,
      label: classes.indexOf(photo.label),
      split: present(photo.split ?? splits?.[i], "split of a photo"),
    }),
  );
  const source = `${count(photos.length)} photos of ${count(classes.length)} classes, ${origin}, ${how}`;
  return { name: path, source, classes, photos, skipped, notes, close: () => opened.close() };
}

interface ReadablePhoto extends Omit<Photo, "label" | "split"> {
  readonly label: string;
  readonly split: Photo["split"] | undefined;
}

/** Headers read at a time. */
const ahead = 8;

async function readHeaders(list: readonly SourceImage[], onProgress: LoadPhotosOptions["onProgress"]) {
  const readable: ReadablePhoto[] = [];
  const skipped: SkippedPhoto[] = [];
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

async function readHeader(image: SourceImage): Promise<ReadablePhoto | SkippedPhoto> {
  const { path, file, label, split, boxes, reason } = image;
  if (label === undefined) return { path, reason: present(reason, "reason why a photo has no label") };
  try {
    const size = await sizeOf(image);
    const clipped = boxes?.map((box) => clipBox(box, size, path));
    return { path, ...(file ? { file } : {}), label, split, ...size, ...(clipped ? { boxes: clipped } : {}) };
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
  readonly list: readonly SourceImage[];
  readonly readable: readonly ReadablePhoto[];
  readonly skipped: readonly SkippedPhoto[];
  readonly notes: readonly string[];
}

/** @param single whether a class may have a single photo */
function checkPhotos({ path, list, readable, skipped, notes }: Checked, single: boolean): void {
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
  if (single) return;
  for (const [label, members] of classes) {
    if (members.length > 1) continue;
    throw photosError(
      `class "${label}": expected at least 2, to learn from one and test on another, got only ${members[0]?.path}`,
    );
  }
}
