/** @file Hands photos to a report: read from disk when they are needed, in the classes of the models. */

import { basename, resolve } from "node:path";
import type { PhotoDataset } from "../../data/photos/photo.js";
import { imageOf } from "../../data/sources/image-of.js";
import { at } from "../../foundation/present.js";
import { readImage } from "../../model/run/read-image.js";
import { partOfPool, type ReportedData, type ReportImages } from "../../report/collect/report-images.js";
import { reportedClasses } from "../../report/collect/reported-classes.js";
import type { NamedModel } from "../inputs/models.js";
import { matchedClasses, type PhotosOfSplit, photosToTry } from "../inputs/photos.js";
import { platform } from "../platform.js";
import type { Marked } from "../shards/image-marks.js";
import { countsOf, extremesOf, sizesInWords } from "./sizes.js";

/** Photos of a split, and where marks of them are taken. */
export interface MarkedPhotos extends PhotosOfSplit, Marked {}

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
  { photos, split, marks }: MarkedPhotos,
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
      images: imagesOf(dataset, { photos, split, marks }),
    },
  };
}

function imagesOf(dataset: PhotoDataset, { photos, split, marks }: MarkedPhotos): ReportImages {
  const pool = photosToTry(dataset, split);
  const names = pool.map(({ name }) => name);
  const places = new Map(names.map((name, place) => [name, place]));
  const labels = new Map(dataset.classes.map((name, label) => [name, label]));
  const read: ReportImages["read"] = async (model, index) => {
    const photo = at(photos, index);
    const source = await imageOf(photo);
    const image = await readImage(model, source, platform);
    await marks?.note(photo.name, source, image.picture);
    return image;
  };
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
