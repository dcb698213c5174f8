/** @file Measures a model on images or photos and prints the result. */

import { count } from "../../foundation/words.js";
import { datasetNamed, failPhotos, isPath, photosAt } from "../inputs/datasets.js";
import { modelAt, type NamedModel } from "../inputs/models.js";
import { groupedModel, photosOf, refuseGroups } from "../inputs/photos.js";
import { assumptions, describedRecipe, recipeNotes } from "../inputs/read-input.js";
import { picturesOf, tryModel } from "../inputs/try-model.js";
import type { GroupFlags } from "../options/class-option.js";
import { loadOptions, type ModelOptions } from "../options/model-options.js";
import type { Job } from "../terminal/job.js";
import { printJson } from "../terminal/print.js";
import { type DetectorFlags, evaluateDetector } from "./detection/evaluate-detector.js";
import { refuseBoxOptions, refuseClassOptions } from "./detection/refuse-options.js";
import { evaluateImages } from "./evaluate-images.js";
import { evaluatePhotos } from "./evaluate-photos.js";
import { evaluateRegions } from "./evaluate-regions.js";
import { printEvaluation } from "./print-evaluation.js";

export interface EvaluateFlags extends ModelOptions, GroupFlags, DetectorFlags {
  readonly split?: string;
  readonly json?: boolean;
}

/** @returns the exit code */
export async function evaluate(job: Job, path: string, data: string, flags: EvaluateFlags): Promise<number> {
  const named = await modelAt(job, path, await loadOptions(flags));
  if (named.model.task.name === "detection") {
    refuseClassOptions(flags);
    return evaluateDetector(job, named, data, flags);
  }
  refuseBoxOptions(named, flags);
  const { task } = named.model;
  if (task.name === "segmentation") return evaluateRegions(job, named, task, data, flags);
  return isPath(data) ? onPhotos(job, named, data, flags) : onImages(job, named, data, flags);
}

async function onImages(job: Job, opened: NamedModel, name: string, flags: EvaluateFlags): Promise<number> {
  const { errors } = flags;
  refuseGroups(flags, name);
  const dataset = await datasetNamed(job, name);
  const named = await tryModel(job, opened, picturesOf(dataset.test));
  const evaluation = await evaluateImages(named, dataset);
  if (job.format === "json")
    printJson({ model: named.path, data: dataset.source, ...describedRecipe(named.model), ...evaluation });
  else {
    const heading = `${count(evaluation.count)} test images of ${dataset.name}: ${dataset.source}`;
    printEvaluation(named, heading, evaluation, { errors, notes: [...named.model.notes, ...recipeNotes(named.model)] });
  }
  return job.end();
}

async function onPhotos(job: Job, opened: NamedModel, name: string, flags: EvaluateFlags): Promise<number> {
  const { seed, errors } = flags;
  const dataset = await photosAt(job, name, { seed, undivided: flags.split === "all" });
  const { photos: ofSplit, split } = photosOf(dataset, flags.split);
  const named = await groupedModel(await tryModel(job, opened, ofSplit), dataset, flags.group);
  const { evaluation, photos, failed } = await evaluatePhotos(job, named, dataset, ofSplit);
  const skipped = [...dataset.skipped, ...failed];
  const pathOf = (index: number) => photos[index]?.path ?? "";
  if (job.format === "json") {
    const withPaths = evaluation.errors.map((each) => ({ path: pathOf(each.index), ...each }));
    const head = { model: named.path, data: dataset.source, split, ...describedRecipe(named.model) };
    printJson({ ...head, ...evaluation, errors: withPaths, skipped });
  } else {
    const part = split === "all" ? "all" : `the ${split} split's`;
    const heading = `${part} ${count(evaluation.count)} photos of ${dataset.name}: ${dataset.source}`;
    printEvaluation(named, heading, evaluation, {
      errors,
      notes: [...named.model.notes, ...assumptions(named.model)],
      nameOf: pathOf,
    });
  }
  return job.end(failPhotos(job, skipped, dataset.photos.length + dataset.skipped.length));
}
