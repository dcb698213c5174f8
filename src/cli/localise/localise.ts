/** @file Measures whether a model's maps find the objects of photos with boxes, and tells the result. */

import type { Photo, PhotoDataset } from "../../data/photos/photo.js";
import { type Localisation, summariseLocalisation } from "../../evaluate/studies/localisation.js";
import { FoveaError, unknownName } from "../../foundation/error.js";
import { count } from "../../foundation/words.js";
import { className } from "../../model/class-names.js";
import { type ChosenLayer, layerSize } from "../../model/layers/layer.js";
import { refuseBoxOptions, refuseClassOptions } from "../evaluate/detection/refuse-options.js";
import { failPhotos, photosAt } from "../inputs/datasets.js";
import { modelAt, modelLine, type NamedModel } from "../inputs/models.js";
import { type ClassIndices, groupedModel, modelClasses, type PhotosOfSplit, photosOf } from "../inputs/photos.js";
import { assumptions } from "../inputs/read-input.js";
import { tryModel } from "../inputs/try-model.js";
import type { GroupFlags } from "../options/class-option.js";
import { type LayerFlags, layerOptions, loadOptions, type ModelOptions } from "../options/model-options.js";
import type { Job } from "../terminal/job.js";
import { print, printJson, printJsonLine } from "../terminal/print.js";
import { type LocaliseBoxesFlags, localiseBoxes } from "./boxes/localise-boxes.js";
import { type LocalisedPhoto, localisePhotos } from "./localise-photos.js";
import { printLocalisation } from "./print-localisation.js";

export interface LocaliseFlags extends ModelOptions, LayerFlags, GroupFlags, LocaliseBoxesFlags {
  readonly layer: string;
  readonly split?: string;
  readonly tolerance: number;
  readonly batch: number;
  readonly json?: boolean;
  readonly jsonl?: boolean;
}

/** The photos with the model that is measured on them. */
interface Subject extends PhotosOfSplit {
  readonly named: NamedModel;
  readonly dataset: PhotoDataset;
  readonly indices: ClassIndices;
  readonly tolerance: number;
  readonly method: string;
}

/** @returns the exit code */
export async function localise(job: Job, path: string, data: string, flags: LocaliseFlags): Promise<number> {
  const opened = await modelAt(job, path, await loadOptions(flags));
  if (opened.model.task.name === "detection") {
    refuseClassOptions(flags);
    return localiseBoxes(job, opened, data, flags);
  }
  refuseBoxOptions(opened, flags);
  const subject = await subjectOf(job, opened, data, flags);
  const { named, dataset, indices, tolerance, method } = subject;
  const photos = subject.photos.filter(({ boxes, label }) => boxes && indices[label] !== undefined);
  if (photos.length === 0) throw nothingToMeasure(subject);
  const explainer = await named.model.explainer({ method, ...layerOptions(flags) });
  const groups = dataset.classes.map((): Localisation[] => []);
  const failed: { readonly path: string; readonly reason: string }[] = [];
  const options = { batch: flags.batch, tolerance, signal: job.signal };
  try {
    await job.each(
      { what: "localising", total: photos.length },
      () => localisePhotos({ ...explainer, model: named.model }, photos, indices, options),
      (result) => {
        if (!("reason" in result)) {
          groups[result.photo.label]?.push(result.measures);
          job.record(describePhoto(subject, result));
          return;
        }
        failed.push(result);
        if (job.format === "jsonl") job.record(result);
      },
    );
  } finally {
    await explainer.close();
  }
  const total = groups.flat().length;
  const skipped = [...dataset.skipped, ...failed];
  if (total > 0) tell(job, subject, explainer.layer, groups, skipped);
  return job.end({
    ...failPhotos(job, skipped, dataset.photos.length + dataset.skipped.length),
    notes: leftOut(subject),
    stopped: `fovea: stopped after ${total + failed.length} of ${photos.length} photos`,
    nothing: total === 0,
  });
}

async function subjectOf(job: Job, opened: NamedModel, data: string, flags: LocaliseFlags): Promise<Subject> {
  const { tolerance } = flags;
  const dataset = await photosAt(job, data, { seed: flags.seed, undivided: flags.split === "all" });
  checkGroups(flags, dataset);
  const ofSplit = photosOf(dataset, flags.split);
  const named = await groupedModel(await tryModel(job, opened, ofSplit.photos), dataset, flags.group);
  const indices = modelClasses(named.model, dataset);
  return { ...ofSplit, named, dataset, indices, tolerance, method: flags.method };
}

/** @throws FoveaError `unknown-name` for a group that is no class of the photos: it would change nothing */
function checkGroups({ group }: LocaliseFlags, { classes, name }: PhotoDataset): void {
  const names = group.map((text) => text.replace(/=.*/s, "").trim());
  const unknown = names.find((each) => !classes.includes(each));
  if (unknown !== undefined) throw unknownName("class", unknown, classes, name);
}

/** Plain data for programs. */
function describePhoto({ named: { model }, dataset }: Subject, result: LocalisedPhoto) {
  const { photo, explained, predicted, probability, measures } = result;
  return {
    path: photo.path,
    label: dataset.classes[photo.label],
    explained: className(model, explained),
    predicted: className(model, predicted),
    probability,
    ...measures,
  };
}

/** @param groups the measures of each of the photos' classes */
function tell(
  job: Job,
  subject: Subject,
  layer: ChosenLayer,
  groups: readonly (readonly Localisation[])[],
  skipped: PhotoDataset["skipped"],
): void {
  const { named, dataset, split, tolerance, method } = subject;
  const classes = groups.flatMap((group, k) =>
    group.length > 0 ? [{ name: dataset.classes[k] ?? "", ...summariseLocalisation(group) }] : [],
  );
  const allMeasures = groups.flat();
  const overall = summariseLocalisation(allMeasures);
  const settings = { method, layer: layer.name, tolerance };
  const head = { model: named.path, data: dataset.source, split, ...settings, classes, overall };
  if (job.format === "jsonl") printJsonLine({ summary: { ...head, skipped } });
  else if (job.format === "json") printJson({ ...head, photos: job.records, skipped });
  else {
    print(modelLine(named));
    print(`${method} at layer ${layer.name} (${layerSize(layer)})`);
    const part = split === "all" ? "" : `the ${split} split's `;
    print(`on ${part}${count(allMeasures.length)} photos with boxes of ${dataset.name}: ${dataset.source}`);
    for (const each of [...named.model.notes, ...assumptions(named.model)]) print(each);
    printLocalisation(method, classes, overall, tolerance);
  }
}

/** Lines for the photos that are not measured. */
function leftOut({ photos, dataset, indices }: Subject): string[] {
  const without = photos.filter(({ boxes }) => !boxes).length;
  const unmatched = unmatchedClasses(dataset, indices);
  return [
    ...(without > 0 ? [`${count(without)} photos left out: they have no box`] : []),
    ...(unmatched.length > 0 ? [`photos of ${unmatched.join(", ")} left out: ${noClass(unmatched)}`] : []),
  ];
}

function unmatchedClasses({ classes }: PhotoDataset, indices: ClassIndices): string[] {
  return classes.filter((_, k) => indices[k] === undefined);
}

const noClass = ([first]: readonly string[]) =>
  `the model has no class of that name (--group "${first}=..." tells which one it is)`;

function nothingToMeasure({ dataset, photos, indices }: Subject): FoveaError {
  const boxed = photos.some(({ boxes }: Photo) => boxes);
  const unmatched = unmatchedClasses(dataset, indices);
  const got = boxed ? `photos of ${unmatched.slice(0, 5).join(", ")}: ${noClass(unmatched)}` : "photos without";
  return new FoveaError(
    "bad-input",
    `${dataset.name}: boxes: expected photos with boxes of the model's classes, got ${got}`,
  );
}
