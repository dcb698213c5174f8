/** @file What a part says of its photos, and what all parts say together. */

import { sourceInWords } from "../../../data/photos/load-photos.js";
import type { Photo, PhotoDataset, SkippedPhoto } from "../../../data/photos/photo.js";
import { isObject } from "../../../foundation/check.js";
import { identityOf } from "../../inputs/try-model.js";
import type { Skipped } from "./row-work.js";

export interface OwnPhotos {
  /** Classes that it knows of. */
  readonly labels: readonly string[];
  /** How many can be opened, whatever their split. */
  readonly photos: number;
  /** How many there are, with those that cannot. */
  readonly total: number;
  readonly skipped: readonly SkippedPhoto[];
  /** The text that makes paths of the names of photos. */
  readonly root: string;
}

export function ownPhotos(dataset: PhotoDataset, failed: readonly SkippedPhoto[]): OwnPhotos {
  const { classes, photos } = dataset;
  const skipped = byPath([...dataset.skipped, ...failed]);
  const total = photos.length + dataset.skipped.length;
  return { labels: classes, photos: photos.length, total, skipped, root: rootOf(photos) };
}

/** Nothing where paths are no texts before names. */
function rootOf(photos: readonly Pick<Photo, "path" | "name">[]): string {
  const [first] = photos;
  const root = first?.path.slice(0, first.path.length - first.name.length) ?? "";
  return photos.every(({ path, name }) => path === root + name) ? root : "";
}

export function isOwnPhotos(value: unknown): value is OwnPhotos {
  return (
    isObject(value) && Array.isArray(value.labels) && Array.isArray(value.skipped) && typeof value.photos === "number"
  );
}

/** In the order of names. */
export function byName<Named extends Pick<Photo, "name">>(photos: readonly Named[]): Named[] {
  return [...photos].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function byPath(skipped: readonly SkippedPhoto[]): SkippedPhoto[] {
  return [...skipped].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

/** Photos of all parts: how they were read, in words, and those that were skipped. */
export function allPhotos(
  found: PhotoDataset["found"],
  owns: readonly OwnPhotos[],
): Skipped & { readonly source: string } {
  const sum = (of: "photos" | "total") => owns.reduce((all, own) => all + own[of], 0);
  const labels = new Set(owns.flatMap((own) => own.labels)).size;
  return {
    source: sourceInWords(sum("photos"), labels, found),
    skipped: byPath(owns.flatMap(({ skipped }) => skipped)),
    total: sum("total"),
  };
}

/** The photo as it is, with what else its row depends on; undefined where it may change unnoticed. */
export function identityWith(photo: Photo, label: string): readonly unknown[] | undefined {
  const identity = identityOf(photo);
  return identity === undefined ? undefined : [identity, photo.name, photo.split, photo.boxes, label];
}
