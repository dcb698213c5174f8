/** @file The images that a temperature is fitted on, and those that it is measured on, which had no say in it. */

import type { SkippedPhoto } from "../../data/photos/photo.js";
import { split } from "../../data/subsets.js";
import type { ClassifierOutput } from "../../evaluate/classifier/predictions.js";
import { FoveaError } from "../../foundation/error.js";
import { at } from "../../foundation/present.js";
import { classifyImages } from "../evaluate/evaluate-images.js";
import { classifyPhotos } from "../evaluate/evaluate-photos.js";
import { datasetNamed, photosAt } from "../inputs/datasets.js";
import { checkClasses, type NamedModel } from "../inputs/models.js";
import { photosOf } from "../inputs/photos.js";
import { picturesOf, tryModel } from "../inputs/try-model.js";
import { baseName } from "../options/command-line.js";
import type { Job } from "../terminal/job.js";

export interface CalibrationImages {
  /** What the data is called, without folders. */
  readonly data: string;
  /** In words: the part that `fitted` is. */
  readonly fittedOn: string;
  readonly fitted: ClassifierOutput;
  /** In words: the part that `held` is. */
  readonly measuredOn: string;
  /** Undefined where there are no other images. */
  readonly held: ClassifierOutput | undefined;
  readonly skipped: readonly SkippedPhoto[];
  /** Photos, with those that are skipped. */
  readonly total: number;
}

interface Flags {
  readonly split?: string;
  readonly seed: string;
}

/** Share of the training images where the model does not say which it put aside. */
const usualShare = 0.05;

/** The images that the model's training put aside for validation, or as many where it says nothing. */
export async function imagesOfDataset(
  job: Job,
  opened: NamedModel,
  name: string,
  flags: Flags,
): Promise<CalibrationImages> {
  if (flags.split !== undefined)
    throw new FoveaError("bad-input", `--split: expected photos to choose from, got ${name}, which has its validation`);
  const dataset = await datasetNamed(job, name);
  const { train, test, classes } = dataset;
  const named = await tryModel(job, opened, picturesOf(test));
  checkClasses(named, classes, name);
  const facts = named.model.card.provenance ?? {};
  const putAside = facts.data === name && typeof facts.validation === "number" ? facts.validation : 0;
  const ofTraining = putAside > 0;
  const [share, seed] = ofTraining ? [putAside, seedOf(facts.seed)] : [usualShare, flags.seed];
  const { validation } = split(train, share, seed);
  const outputOf = async (images: typeof test) => ({
    probabilities: await classifyImages(named, images, classes.length),
    labels: images.labels,
    classes,
  });
  return {
    data: name,
    fittedOn: ofTraining ? "the validation images of its training" : "training images",
    fitted: await outputOf(validation),
    measuredOn: "the test images",
    held: await outputOf(test),
    skipped: [],
    total: train.count + test.count,
  };
}

function seedOf(value: unknown): number | string {
  return typeof value === "number" ? value : String(value);
}

/** The photos of the split for validation, or of the one that is chosen. */
export async function imagesOfPhotos(
  job: Job,
  opened: NamedModel,
  path: string,
  { split: choice = "validation", seed }: Flags,
): Promise<CalibrationImages> {
  const dataset = await photosAt(job, path, { seed });
  const { photos, split: part } = photosOf(dataset, choice);
  const named = await tryModel(job, opened, photos);
  const fitted = await classifyPhotos(job, named, dataset, photos);
  const others = dataset.photos.filter((photo) => photo.split === "test" && !photos.includes(photo));
  const held = others.length > 0 ? await classifyPhotos(job, named, dataset, others) : undefined;
  return {
    data: baseName(path),
    fittedOn: part === "all" ? "all photos" : `the ${part} split`,
    fitted: knownOnly(fitted),
    measuredOn: "the test split",
    held: held && knownOnly(held),
    skipped: [...dataset.skipped, ...fitted.failed, ...(held?.failed ?? [])],
    total: dataset.photos.length + dataset.skipped.length,
  };
}

/** Without photos of classes that the model does not have: no confidence can be right on them. */
function knownOnly({ probabilities, labels, classes }: ClassifierOutput): ClassifierOutput {
  const known = Array.from(labels, (_, i) => i).filter((i) => at(labels, i) >= 0);
  if (known.length === labels.length) return { probabilities, labels, classes };
  const rows = known.flatMap((i) => [...probabilities.subarray(i * classes.length, (i + 1) * classes.length)]);
  return { probabilities: Float32Array.from(rows), labels: known.map((i) => at(labels, i)), classes };
}
