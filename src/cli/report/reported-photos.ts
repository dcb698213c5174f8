/** @file Hands photos to a report: read from disk when they are needed, in the classes of the models. */

import { basename, resolve } from "node:path";
import type { Photo, PhotoDataset } from "../../data/photos/photo.js";
import { imageOf } from "../../data/sources/image-of.js";
import { at } from "../../foundation/present.js";
import { readImage } from "../../model/run/read-image.js";
import { partOfPool, type ReportedData, type ReportImages } from "../../report/collect/report-images.js";
import { reportedClasses } from "../../report/collect/reported-classes.js";
import type { NamedModel } from "../inputs/models.js";
import { matchedClasses, type PhotosOfSplit } from "../inputs/photos.js";
import { platform } from "../platform.js";

/** A dataset of photos for several models. */
export interface ReportedPhotos {
  readonly data: ReportedData;
  /** For each model, the class of the report that each of its own is. */
  readonly classes: readonly (readonly number[])[];
}

/**
 * The photos of a split, by their names. The report's classes are the photos', then those that only models have.
 * @throws FoveaError `bad-input` where the classes of a model don't match
 */
export function reportedPhotos(
  models: readonly NamedModel[],
  dataset: PhotoDataset,
  { photos, split }: PhotosOfSplit,
): ReportedPhotos {
  const { names, classes } = reportedClasses(
    dataset.classes,
    models.map((named) => matchedClasses(named, dataset)),
  );
  return {
    classes,
    data: {
      name: basename(resolve(dataset.name)),
      source: dataset.source,
      classes: names,
      ownClasses: dataset.classes.length,
      counts: countsOf(dataset.photos),
      image: sizesInWords(extremesOf(photos)),
      part: split,
      images: imagesOf(dataset, { photos, split }),
    },
  };
}

function imagesOf(dataset: PhotoDataset, { photos, split }: PhotosOfSplit): ReportImages {
  const pool = dataset.pool.filter((each) => split === "all" || each.split === split);
  const names = pool.map(({ name }) => name);
  const places = new Map(names.map((name, place) => [name, place]));
  const labels = new Map(dataset.classes.map((name, label) => [name, label]));
  const read: ReportImages["read"] = async (model, index) =>
    readImage(model, await imageOf(at(photos, index)), platform);
  return partOfPool(
    {
      count: photos.length,
      labels: photos.map(({ label }) => label),
      nameOf: (index) => at(photos, index).name,
      boxesOf: (index) => at(photos, index).boxes,
      mirrored: true,
      read,
    },
    {
      count: pool.length,
      labels: pool.map(({ label }) => labels.get(label) ?? -1),
      idOf: (place) => at(names, place),
      read: async (model, place) => readImage(model, await imageOf(at(pool, place)), platform),
    },
    (index) => places.get(at(photos, index).name),
  );
}

/** How many photos each split holds; one without any is left out. */
export function countsOf(photos: readonly Pick<Photo, "split">[]): Partial<Record<Photo["split"], number>> {
  const count = (part: Photo["split"]) => photos.filter((photo) => photo.split === part).length;
  return Object.fromEntries(
    (["train", "validation", "test"] as const).flatMap((part) => (count(part) > 0 ? [[part, count(part)]] : [])),
  );
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The smallest and the largest size, by area, then by width; undefined of none. */
export function extremesOf(sizes: readonly Size[]): readonly [Size, Size] | undefined {
  const order = (a: Size, b: Size) => a.width * a.height - b.width * b.height || a.width - b.width;
  const [first] = sizes;
  if (first === undefined) return undefined;
  const [least, most] = sizes.reduce(
    ([small, large], each) => [order(each, small) < 0 ? each : small, order(each, large) > 0 ? each : large],
    [first, first],
  );
  const plain = ({ width, height }: Size) => ({ width, height });
  return [plain(least), plain(most)];
}

export function sizesInWords(extremes: readonly [Size, Size] | undefined): string {
  if (extremes === undefined) return "photos of no pixels";
  const [least, most] = extremes.map(({ width, height }) => `${width} × ${height}`);
  return least === most ? `photos of ${least} pixels` : `photos of ${least} to ${most} pixels`;
}
