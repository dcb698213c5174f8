/** @file Hands photos to a report: read from disk when they are needed, in the classes of the models. */

import { basename, resolve } from "node:path";
import type { Photo, PhotoDataset } from "../../data/photos/photo.js";
import { imageOf } from "../../data/sources/image-of.js";
import { readImage } from "../../model/run/read-image.js";
import type { ReportedData } from "../../report/collect/report-images.js";
import { reportedClasses } from "../../report/collect/reported-classes.js";
import type { NamedModel } from "../inputs/models.js";
import { photoName } from "../inputs/photo-name.js";
import { matchedClasses, type PhotosOfSplit } from "../inputs/photos.js";
import { platform } from "../platform.js";

/** A dataset of photos for several models. */
export interface ReportedPhotos {
  readonly data: ReportedData;
  /** For each model, the class of the report that each of its own is. */
  readonly classes: readonly (readonly number[])[];
}

/**
 * The photos of a split. The report's classes are the photos', then those that only models have.
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
  const count = (part: Photo["split"]) => dataset.photos.filter((photo) => photo.split === part).length;
  const counts = Object.fromEntries(
    (["train", "validation", "test"] as const).flatMap((part) => (count(part) > 0 ? [[part, count(part)]] : [])),
  );
  const at = (index: number) => photos[index] as Photo;
  return {
    classes,
    data: {
      name: basename(resolve(dataset.name)),
      source: dataset.source,
      classes: names,
      ownClasses: dataset.classes.length,
      counts,
      image: sizesOf(photos),
      part: split,
      images: {
        count: photos.length,
        labels: photos.map(({ label }) => label),
        nameOf: (index) => photoName(dataset.name, at(index).path),
        boxesOf: (index) => at(index).boxes,
        mirrored: true,
        read: async (model, index) => readImage(model, await imageOf(at(index)), platform),
      },
    },
  };
}

function sizesOf(photos: readonly Photo[]): string {
  const bySize = [...photos].sort((a, b) => a.width * a.height - b.width * b.height);
  const size = ({ width, height }: Photo) => `${width} × ${height}`;
  const [least = "no", ...larger] = bySize.map(size);
  const most = larger.at(-1) ?? least;
  return least === most ? `photos of ${least} pixels` : `photos of ${least} to ${most} pixels`;
}
