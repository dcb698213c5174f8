/** @file Opens the images that a report is about. */

import { type PhotoDataset, reasonOf, type SkippedPhoto } from "../../data/photos/photo.js";
import type { FoveaError } from "../../foundation/error.js";
import { at } from "../../foundation/present.js";
import { type ReportedData, reportedDataset, someOf } from "../../report/collect/report-images.js";
import { datasetNamed, isPath, photosAt } from "../inputs/datasets.js";
import { checkClasses, type NamedModel, prepareImages } from "../inputs/models.js";
import { groupedModel, photosOf, refuseGroups } from "../inputs/photos.js";
import { identityOf, picturesOf, type TrialPhoto } from "../inputs/try-model.js";
import type { ReportFlags } from "../options/report-options.js";
import { isOfShard, type Shard } from "../shards/shard.js";
import type { Job } from "../terminal/job.js";
import type { ReportOwn } from "./parts/facts.js";
import type { ImageColumns } from "./parts/report-table.js";
import { extremesOf, reportedPhotos } from "./reported-photos.js";

export interface ReportSubject {
  /** With groups of classes in the place of their classes. */
  readonly models: readonly NamedModel[];
  readonly data: ReportedData;
  /** For each model, the class of the report that each of its own is. Default the same, in the same order. */
  readonly classes?: readonly (readonly number[])[];
  readonly skipped: readonly SkippedPhoto[];
  /** How many images there are, with those that are skipped. */
  readonly total: number;
  /** Photos to try recipes on: paths, or pictures. */
  readonly samples: readonly TrialPhoto[];
  /** Tells of an image that could not be read or explained. */
  readonly failureOf: (index: number, error: FoveaError) => SkippedPhoto;
  /** What the table of a part says of an image besides what models do. */
  readonly aboutOf: (id: string) => Pick<ImageColumns, "split" | "sha256" | "near_hash">;
  /** Of photos: where labels come from, and how they were split. */
  readonly found?: PhotoDataset["found"];
  /** What these images add to the report of all. */
  readonly own: Pick<ReportOwn, "photos" | "sizes">;
  /** Tells an image from others; left out where images are not worth keeping results of. */
  readonly keyOf?: (index: number) => string | undefined;
}

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
  const isOwn = (index: number) => shard === undefined || isOfShard(shard, all.images.idOf(index));
  const own = Array.from({ length: test.count }, (_, index) => index).filter(isOwn);
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
    aboutOf: () => ({ split: "test" }),
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
  const isOwn = shard && ((unit: string) => isOfShard(shard, unit));
  const dataset = await photosAt(job, name, { seed, undivided: split === "all", isOwn });
  const { skipped } = dataset;
  const models: NamedModel[] = [];
  for (const model of given) models.push(await groupedModel(model, dataset, group));
  const ofSplit = photosOf(dataset, split);
  // Their names decide, so that parts come together in one order.
  const photos = [...ofSplit.photos].sort((a, b) => (a.name < b.name ? -1 : 1));
  const splits = new Map(photos.map((photo) => [photo.name, photo.split]));
  const pathOf = (index: number) => at(photos, index).path;
  const sizes = extremesOf(photos);
  return {
    models,
    ...reportedPhotos(models, dataset, { ...ofSplit, photos }),
    skipped,
    total: dataset.photos.length + skipped.length,
    samples: dataset.pool.flatMap((photo) => (ofSplit.split === "all" || photo.split === ofSplit.split ? [photo] : [])),
    failureOf: (index, error) => ({ path: pathOf(index), reason: reasonOf(pathOf(index), error) }),
    keyOf: (index) => identityOf(at(photos, index)),
    aboutOf: (id) => ({ split: splits.get(id) }),
    found: dataset.found,
    own: { photos: dataset.photos.length, ...(sizes ? { sizes } : {}) },
  };
}
