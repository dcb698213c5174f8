/** @file What a part says of its photos, and what all parts say together. */

import { sourceInWords } from "../../../data/photos/load-photos.js";
import type { PhotoDataset, SkippedPhoto } from "../../../data/photos/photo.js";
import { isObject } from "../../../foundation/check.js";
import type { Skipped } from "./skipped.js";

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

export function isOwnPhotos(value: unknown): value is OwnPhotos {
  return (
    isObject(value) && Array.isArray(value.labels) && Array.isArray(value.skipped) && typeof value.photos === "number"
  );
}

export function byPath(skipped: readonly SkippedPhoto[]): SkippedPhoto[] {
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
