/** @file Opens the images that a report is about. */

import { reasonOf } from "../../data/photos/photo.js";
import { at } from "../../foundation/present.js";
import { reportedDataset, someOf } from "../../report/collect/report-images.js";
import { datasetNamed, isPath, photosAt } from "../inputs/datasets.js";
import { checkClasses, type NamedModel, prepareImages } from "../inputs/models.js";
import { groupedModel, photosOf, photosToTry, refuseGroups } from "../inputs/photos.js";
import { identityOf, picturesOf } from "../inputs/try-model.js";
import type { ReportFlags } from "../options/report-options.js";
import { ImageMarks } from "../shards/image-marks.js";
import { byName } from "../shards/rows/photos-of-part.js";
import { ownUnits, type Shard } from "../shards/shard.js";
import type { Job } from "../terminal/job.js";
import { reportedPhotos } from "./reported-photos.js";
import { extremesOf } from "./sizes.js";
import type { ReportSubject } from "./subject.js";

/**
 * @param shard the part of the images. Default: all
 * @throws FoveaError `bad-input` where the classes of a model don't match
 */
export function reportSubject(
  job: Job,
  models: readonly NamedModel[],
  { name, flags, shard }: { readonly name: string; readonly flags: ReportFlags; readonly shard?: Shard | undefined },
): Promise<ReportSubject> {
  return isPath(name) ? photoSubject(job, models, name, flags, shard) : imageSubject(job, models, name, flags, shard);
}

async function imageSubject(
  job: Job,
  models: readonly NamedModel[],
  name: string,
  flags: ReportFlags,
  shard: Shard | undefined,
): Promise<ReportSubject> {
  refuseGroups(flags, name);
  const dataset = await datasetNamed(job, name);
  for (const model of models) checkClasses(model, dataset.classes, dataset.name);
  const { test } = dataset;
  const all = reportedDataset(dataset, prepareImages);
  const isOwn = ownUnits(shard) ?? (() => true);
  const own = Array.from({ length: test.count }, (_, index) => index).filter((index) => isOwn(all.images.idOf(index)));
  return {
    models,
    data: { ...all, images: someOf(all.images, own) },
    skipped: [],
    total: own.length,
    samples: picturesOf(test),
    failureOf: (index, error) => {
      const path = all.images.idOf(at(own, index));
      return { path, reason: reasonOf(path, error) };
    },
    aboutOf: async () => ({ split: "test" }),
    own: { photos: own.length },
  };
}

async function photoSubject(
  job: Job,
  given: readonly NamedModel[],
  name: string,
  { seed, split, group }: ReportFlags,
  shard: Shard | undefined,
): Promise<ReportSubject> {
  const dataset = await photosAt(job, name, { seed, undivided: split === "all", isOwn: ownUnits(shard) });
  const { skipped } = dataset;
  const models: NamedModel[] = [];
  for (const model of given) models.push(await groupedModel(model, dataset, group));
  const ofSplit = photosOf(dataset, split);
  // Their names decide, so that parts come together in one order.
  const photos = byName(ofSplit.photos);
  const named = new Map(photos.map((photo) => [photo.name, photo]));
  // Of no use to a report without a table.
  const marks = shard && new ImageMarks(photos.map((photo) => photo.name));
  const pathOf = (index: number) => at(photos, index).path;
  const sizes = extremesOf(photos);
  return {
    models,
    ...reportedPhotos(models, dataset, { ...ofSplit, photos, marks }),
    skipped,
    total: dataset.photos.length + skipped.length,
    samples: photosToTry(dataset, ofSplit.split),
    failureOf: (index, error) => ({ path: pathOf(index), reason: reasonOf(pathOf(index), error) }),
    keyOf: (index) => identityOf(at(photos, index)),
    aboutOf: async (id) => {
      const photo = named.get(id);
      return photo ? { split: photo.split, ...(await marks?.of(id, photo)) } : {};
    },
    found: dataset.found,
    isArchived: dataset.isArchived ?? false,
    own: { photos: dataset.photos.length, ...(sizes ? { sizes } : {}) },
  };
}
