/** @file Measures a model on photos: matches its classes to theirs and classifies every photo. */

import { type Photo, type PhotoDataset, reasonOf, type SkippedPhoto } from "../../data/photos/photo.js";
import { imageOf } from "../../data/sources/image-of.js";
import { type Evaluation, evaluateClassifier } from "../../evaluate/classifier/evaluate-classifier.js";
import { FoveaError } from "../../foundation/error.js";
import { classifyStream } from "../../model/run/classify-stream.js";
import type { NamedModel } from "../inputs/models.js";
import { matchedClasses } from "../inputs/photos.js";
import type { Job } from "../terminal/job.js";

export interface PhotoEvaluation extends Pick<ClassifiedPhotos, "photos" | "failed"> {
  readonly evaluation: Evaluation;
}

export interface ClassifiedPhotos {
  /** [photos, classes], of `photos`. */
  readonly probabilities: Float32Array;
  /** The model's class of each photo; -1 for one that it does not have. */
  readonly labels: readonly number[];
  /** Of the model. */
  readonly classes: readonly string[];
  /** The photos that were classified: `index` of an evaluation's errors means one of them. */
  readonly photos: readonly Photo[];
  readonly failed: readonly SkippedPhoto[];
}

/**
 * Classifies photos and measures. A prediction of a class that the photos don't have is an error like any other.
 * @throws FoveaError `bad-input` when classes don't match, or no photo can be read
 */
export async function evaluatePhotos(
  job: Job,
  named: NamedModel,
  dataset: PhotoDataset,
  photos: readonly Photo[],
): Promise<PhotoEvaluation> {
  const { probabilities, labels, classes, photos: done, failed } = await classifyPhotos(job, named, dataset, photos);
  return { evaluation: evaluateClassifier({ probabilities, labels, classes }), photos: done, failed };
}

/** @throws FoveaError `bad-input` when classes don't match, or no photo can be read */
export async function classifyPhotos(
  job: Job,
  named: NamedModel,
  dataset: PhotoDataset,
  photos: readonly Photo[],
): Promise<ClassifiedPhotos> {
  const { classes, indices } = matchedClasses(named, dataset);
  const classifier = named.model.classifier();
  const read = async (photo: Photo) => (await named.model.readImage(await imageOf(photo))).input;
  const done: Photo[] = [];
  const failed: SkippedPhoto[] = [];
  const probabilities = new Float32Array(photos.length * classes.length);
  try {
    await job.stage("classifying", async (onProgress) => {
      for await (const { source, probabilities: row, error } of classifyStream(classifier, photos, read)) {
        if (error) failed.push({ path: source.path, reason: reasonOf(source.path, error) });
        else {
          checkWidth(named, row.length, classes.length);
          probabilities.set(row, done.length * classes.length);
          done.push(source);
        }
        onProgress(done.length + failed.length, photos.length);
      }
    });
  } finally {
    await classifier.close();
  }
  const [first] = failed;
  if (first && done.length === 0) {
    throw new FoveaError(
      "bad-input",
      `${dataset.name}: none of ${failed.length} photos can be used: ${first.path}: ${first.reason}`,
    );
  }
  const labels = done.map(({ label }) => indices[label] ?? -1);
  const rows = probabilities.subarray(0, done.length * classes.length);
  return { probabilities: rows, labels, classes, photos: done, failed };
}

function checkWidth({ name }: NamedModel, width: number, expected: number): void {
  if (width === expected) return;
  throw new FoveaError("bad-input", `${name}: expected a model of ${expected} classes, got ${width} scores`);
}
