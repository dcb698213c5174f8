/** @file The photos of a part: their order, what they are known by, and what the part says of them. */

import type { Photo, PhotoDataset, SkippedPhoto } from "../../../data/photos/photo.js";
import { identityOf } from "../../inputs/try-model.js";
import { byPath, type OwnPhotos } from "./own-photos.js";

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

/** In the order of names. */
export function byName<Named extends Pick<Photo, "name">>(photos: readonly Named[]): Named[] {
  return [...photos].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The photo as it is, with what else its row depends on; undefined where it may change unnoticed. */
export function identityWith(photo: Photo, label: string): readonly unknown[] | undefined {
  const identity = identityOf(photo);
  return identity === undefined ? undefined : [identity, photo.name, photo.split, photo.boxes, label];
}
