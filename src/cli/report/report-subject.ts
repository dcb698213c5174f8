/** @file Opens the images that a report is about. */

import type { SkippedPhoto } from "../../data/photos/photo.js";
import { type ReportedData, reportedDataset } from "../../report/collect/report-images.js";
import { datasetNamed, isPath, photosAt } from "../inputs/datasets.js";
import { checkClasses, type NamedModel, prepareImages } from "../inputs/models.js";
import { groupedModel, photosOf, refuseGroups } from "../inputs/photos.js";
import type { TrialPhoto } from "../inputs/try-model.js";
import { picturesOf } from "../inputs/try-model.js";
import type { ReportFlags } from "../options/report-options.js";
import type { Job } from "../terminal/job.js";
import { fileIdentity } from "./partial-results.js";
import { reportedPhotos } from "./reported-photos.js";

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
  /** Names an image that is missing from the report. */
  readonly pathOf: (index: number) => string;
  /** Tells an image from others; left out where images are not worth keeping results of. */
  readonly keyOf?: (index: number) => string | undefined;
}

/** @throws FoveaError `bad-input` where the classes of a model don't match */
export function reportSubject(
  job: Job,
  models: readonly NamedModel[],
  name: string,
  flags: ReportFlags,
): Promise<ReportSubject> {
  return isPath(name) ? photoSubject(job, models, name, flags) : imageSubject(job, models, name, flags);
}

async function imageSubject(
  job: Job,
  models: readonly NamedModel[],
  name: string,
  flags: ReportFlags,
): Promise<ReportSubject> {
  refuseGroups(flags, name);
  const dataset = await datasetNamed(job, name);
  for (const model of models) checkClasses(model, dataset.classes, dataset.name);
  const pathOf = (index: number) => `image ${index}`;
  const { test } = dataset;
  const data = reportedDataset(dataset, prepareImages);
  return { models, data, skipped: [], total: test.count, samples: picturesOf(test), pathOf };
}

async function photoSubject(
  job: Job,
  given: readonly NamedModel[],
  name: string,
  { seed, split, group }: ReportFlags,
): Promise<ReportSubject> {
  const dataset = await photosAt(job, name, { seed, single: split === "all" });
  const { skipped } = dataset;
  const models: NamedModel[] = [];
  for (const model of given) models.push(await groupedModel(model, dataset, group));
  const ofSplit = photosOf(dataset, split);
  const pathOf = (index: number) => ofSplit.photos[index]?.path ?? "";
  return {
    models,
    ...reportedPhotos(models, dataset, ofSplit),
    skipped,
    total: dataset.photos.length + skipped.length,
    samples: ofSplit.photos,
    pathOf,
    keyOf: (index) => fileIdentity(pathOf(index)),
  };
}
