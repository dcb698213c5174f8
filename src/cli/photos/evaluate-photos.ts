/** @file A model measured on photos: its classes matched to theirs, every photo classified. */

import {
  type Photo,
  type PhotoDataset,
  reasonOf,
  type SkippedPhoto,
  type Split,
  splits,
} from "../../data/photos/photo.js";
import { type Evaluation, evaluateClassifier } from "../../evaluate/classifier/evaluate-classifier.js";
import { FoveaError, unknownName } from "../../foundation/error.js";
import { type MatchedClasses, matchClasses } from "../../model/match-classes.js";
import { classifyStream } from "../../model/run/classify-stream.js";
import { withBar } from "../inputs/datasets.js";
import type { NamedModel } from "../inputs/models.js";

export interface PhotoEvaluation {
  readonly evaluation: Evaluation;
  /** The photos that were classified: `index` of the evaluation's errors means one of them. */
  readonly photos: readonly Photo[];
  readonly failed: readonly SkippedPhoto[];
}

/** A split, or all of them. */
export type SplitChoice = Split | "all";

/** The photos of a split; without a choice those of the test, or all where there is none. */
export function photosOf({ name, photos }: PhotoDataset, wanted: string | undefined) {
  const held = splits.filter((split) => photos.some((photo) => photo.split === split));
  const chosen = wanted === "val" ? "validation" : (wanted ?? (held.includes("test") ? "test" : "all"));
  if (chosen !== "all" && !held.includes(chosen as Split)) throw unknownName("split", chosen, [...held, "all"], name);
  const some = chosen === "all" ? photos : photos.filter(({ split }) => split === chosen);
  return { photos: some, split: chosen as SplitChoice };
}

/**
 * Classifies photos and measures. A prediction of a class that the photos don't have is an error like any other.
 * @throws FoveaError `bad-input` when classes don't match, or no photo can be read
 */
export async function evaluatePhotos(
  named: NamedModel,
  dataset: PhotoDataset,
  photos: readonly Photo[],
): Promise<PhotoEvaluation> {
  const { classes, indices } = matchedClasses(named, dataset);
  const classifier = named.model.classifier();
  const read = async ({ path }: Photo) => (await named.model.readImage(path)).input;
  const done: Photo[] = [];
  const failed: SkippedPhoto[] = [];
  const probabilities = new Float32Array(photos.length * classes.length);
  try {
    await withBar("classifying", async (onProgress) => {
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
  const labels = done.map(({ label }) => indices[label] as number);
  const rows = probabilities.subarray(0, done.length * classes.length);
  return { evaluation: evaluateClassifier({ probabilities: rows, labels, classes }), photos: done, failed };
}

function checkWidth({ name }: NamedModel, width: number, expected: number): void {
  if (width === expected) return;
  throw new FoveaError("bad-input", `${name}: expected a model of ${expected} classes, got ${width} scores`);
}

/** As the library matches them, with the option that helps. */
export function matchedClasses(named: NamedModel, dataset: PhotoDataset): MatchedClasses {
  return matchClasses(named, dataset, "--labels gives a model other names");
}
