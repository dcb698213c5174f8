/** @file The rows of an evaluation, and what they tell together. */

import type { RowOf } from "../../../data/parquet/columns.js";
import type { PhotoDataset, SkippedPhoto } from "../../../data/photos/photo.js";
import { evaluatePredictions } from "../../../evaluate/classifier/evaluate-classifier.js";
import { predictionOf, type ScoredPrediction } from "../../../evaluate/classifier/predictions.js";
import { FoveaError } from "../../../foundation/error.js";
import { at } from "../../../foundation/present.js";
import { count, counted } from "../../../foundation/words.js";
import { imageColumns } from "../../shards/rows/image-columns.js";
import { allPhotos, isOwnPhotos, type OwnPhotos } from "../../shards/rows/own-photos.js";
import { endOfSkipped, type RowCommand, type Told } from "../../shards/rows/row-command.js";
import { hasSameFacts, type SameFacts } from "../../shards/rows/same-facts.js";
import type { Job } from "../../terminal/job.js";
import { printJson } from "../../terminal/print.js";
import { printEvaluation } from "../print-evaluation.js";

export const evaluationColumns = {
  ...imageColumns,
  /** The label as the model's index; -1 for one that it does not have. */
  label_index: "int32",
} as const;

export type EvaluationRow = RowOf<typeof evaluationColumns>;

export interface EvaluationSame extends SameFacts {
  /** Of the model. */
  readonly classes: readonly string[];
  /** How many errors to list. */
  readonly errors: number;
  /** Photos, or the test images of a dataset with a name. */
  readonly images:
    | { readonly found: PhotoDataset["found"]; readonly split: string }
    | { readonly name: string; readonly source: string };
}

export interface EvaluationOwn extends OwnPhotos {
  /** How many were to be classified. */
  readonly measured: number;
}

/** A prediction with the image's path as people know it. */
interface Classified {
  readonly path: string;
  readonly prediction: ScoredPrediction;
}

export const evaluationCommand: RowCommand<typeof evaluationColumns, EvaluationSame, EvaluationOwn, Classified> = {
  name: "evaluate",
  columns: evaluationColumns,
  isSame: (value): value is EvaluationSame =>
    hasSameFacts(value) && "classes" in value && Array.isArray(value.classes) && "images" in value,
  isOwn: (value): value is EvaluationOwn => isOwnPhotos(value) && "measured" in value,
  keep({ path: name = "", label_index: label, scores = [] }, { root }, { classes }) {
    const path = root + name;
    return { path, prediction: predictionOf({ index: 0, label }, scores, classes, path) };
  },
  tell,
};

function tell(job: Job, { same, owns, rows, tellsFailures }: Told<EvaluationSame, EvaluationOwn, Classified>): number {
  const { model, data, images, classes, errors: most } = same;
  const measured = owns.reduce((sum, own) => sum + own.measured, 0);
  const found = "found" in images ? images.found : { origin: "", how: "" };
  const { source: photos, skipped, total } = allPhotos(found, owns);
  const stopped = `fovea: stopped after ${count(rows.length)} of ${counted(measured, "image")}`;
  if (rows.length === 0 && job.interrupted) return job.end({ stopped });
  if (rows.length === 0) throw nothingToMeasure(data, skipped);
  // What is told of an image is its place among all of them.
  const predictions = rows.map(({ prediction }, index) => ({ ...prediction, index }));
  const evaluation = evaluatePredictions(predictions, classes);
  const pathOf = (index: number) => at(rows, index).path;
  if (job.format === "json" && "found" in images) {
    const errors = evaluation.errors.map((each) => ({ path: pathOf(each.index), ...each }));
    const head = { model: model.path, data: photos, split: images.split, ...model.recipe };
    printJson({ ...head, ...evaluation, errors, skipped });
  } else if (job.format === "json")
    printJson({ model: model.path, data: "source" in images && images.source, ...model.recipe, ...evaluation });
  else {
    const heading = headingOf(same, evaluation.count, photos);
    const nameOf = "found" in images ? pathOf : (index: number) => index;
    printEvaluation(model.line, heading, evaluation, { errors: most, notes: model.notes, nameOf });
  }
  return job.end({ ...endOfSkipped(job, { skipped, total }, { tellsFailures }), stopped });
}

function headingOf({ data, images }: EvaluationSame, measured: number, photos: string): string {
  if ("source" in images) return `${count(measured)} test images of ${images.name}: ${images.source}`;
  const part = images.split === "all" ? "all" : `the ${images.split} split's`;
  return `${part} ${count(measured)} photos of ${data}: ${photos}`;
}

function nothingToMeasure(data: string, skipped: readonly SkippedPhoto[]): FoveaError {
  const [first] = skipped;
  if (first === undefined) return new FoveaError("bad-input", `${data}: expected images to measure on, got none`);
  const reason = `${first.path}: ${first.reason}`;
  return new FoveaError("bad-input", `${data}: none of ${skipped.length} photos can be used: ${reason}`);
}
