/** @file Measures a model on images or photos and prints the result. */

import { datasetNamed, isPath, photosAt } from "../inputs/datasets.js";
import { modelAt, type NamedModel } from "../inputs/models.js";
import { groupedModel, photosOf, photosToTry, refuseGroups } from "../inputs/photos.js";
import { picturesOf, tryModel } from "../inputs/try-model.js";
import { loadOptions } from "../options/model-options.js";
import { runRows } from "../shards/rows/make-rows.js";
import { marksFor, type RowDestination, refuseRows, rowDestination } from "../shards/rows/row-destination.js";
import { ownUnits } from "../shards/shard.js";
import type { Job } from "../terminal/job.js";
import { evaluateDetector } from "./detection/evaluate-detector.js";
import { refuseBoxOptions, refuseClassOptions } from "./detection/refuse-options.js";
import type { EvaluateFlags } from "./evaluate-flags.js";
import { datasetRows } from "./rows/dataset-rows.js";
import { evaluationCommand } from "./rows/evaluation-command.js";
import { photoRows } from "./rows/photo-rows.js";
import { regionRows } from "./rows/region-rows.js";
import { regionsCommand } from "./rows/regions-command.js";

/** @returns the exit code */
export async function evaluate(job: Job, path: string, data: string, flags: EvaluateFlags): Promise<number> {
  const destination = rowDestination(flags);
  const named = await modelAt(job, path, await loadOptions(flags));
  const { task } = named.model;
  if (task.name === "detection") {
    refuseClassOptions(flags);
    refuseRows(destination, "a detector");
    return evaluateDetector(job, named, data, flags);
  }
  refuseBoxOptions(named, flags);
  if (task.name === "segmentation") {
    const { shard } = destination;
    return runRows(job, regionsCommand, regionRows(named, data, { task, shard, flags }), destination);
  }
  const onImages = isPath(data) ? onPhotos : onDataset;
  return onImages(job, named, data, flags, destination);
}

async function onDataset(
  job: Job,
  opened: NamedModel,
  name: string,
  flags: EvaluateFlags,
  destination: RowDestination,
): Promise<number> {
  refuseGroups(flags, name);
  const dataset = await datasetNamed(job, name);
  const named = await tryModel(job, opened, picturesOf(dataset.test));
  return runRows(job, evaluationCommand, datasetRows(named, dataset, destination.shard, flags), destination);
}

async function onPhotos(
  job: Job,
  opened: NamedModel,
  name: string,
  flags: EvaluateFlags,
  destination: RowDestination,
): Promise<number> {
  const { seed, split, group } = flags;
  const isOwn = ownUnits(destination.shard);
  const dataset = await photosAt(job, name, { seed, undivided: split === "all", isOwn });
  const ofSplit = photosOf(dataset, split);
  const tried = await tryModel(job, opened, photosToTry(dataset, ofSplit.split));
  const named = await groupedModel(tried, dataset, group);
  return runRows(
    job,
    evaluationCommand,
    photoRows(named, dataset, { ...ofSplit, marks: marksFor(destination, ofSplit.photos) }, flags),
    destination,
  );
}
