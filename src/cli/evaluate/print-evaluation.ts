/** @file Prints the evaluation of a model: accuracy, scores of each class, confusion, errors. */

import type { Evaluation } from "../../evaluate/classifier/evaluate-classifier.js";
import { count, percent } from "../../foundation/words.js";
import { print, printLines } from "../terminal/print.js";
import { table } from "../terminal/table.js";

export interface PrintEvaluationOptions {
  /** How many errors to list. */
  readonly errors: number;
  /** Assumptions about the model, in words. Default none. */
  readonly notes?: readonly string[];
  /** How the list of errors calls an image. Default its index. */
  readonly nameOf?: (index: number) => string | number;
}

/** Wider than this a confusion matrix says nothing on a screen. */
const widestMatrix = 20;

/** @param model its name, with where it comes from */
export function printEvaluation(
  model: string,
  heading: string,
  evaluation: Evaluation,
  { errors, notes = [], nameOf = (index) => index }: PrintEvaluationOptions,
): void {
  // Of a model's thousand classes only those that come up.
  const present = evaluation.perClass.flatMap(({ support, predicted }, k) => (support + predicted > 0 ? [k] : []));
  print(model);
  print(`on ${heading}`);
  for (const each of notes) print(each);
  print();
  printFigures(evaluation);
  print();
  printClasses(evaluation, present);
  print();
  printConfusion(evaluation, present);
  if (evaluation.errors.length > 0 && errors > 0) printErrors(evaluation, errors, nameOf);
}

function printFigures({ accuracy, correct, count: images, macro, calibration }: Evaluation): void {
  const interval = `95% interval ${percent(accuracy.low)} to ${percent(accuracy.high)}`;
  print(`accuracy   ${percent(accuracy.value)}  (${interval}; ${count(images - correct)} errors)`);
  print(`macro F1   ${percent(macro.f1)}`);
  print(`calibration error (ECE, 15 bins)  ${percent(calibration.expectedCalibrationError)}`);
}

function printClasses({ perClass }: Evaluation, present: readonly number[]): void {
  const rows = perClass
    .filter((_, k) => present.includes(k))
    .map(({ name, precision, recall, f1, support }) => [
      name,
      percent(precision),
      percent(recall),
      percent(f1),
      support,
    ]);
  printLines(table(["class", "precision", "recall", "F1", "images"], rows));
}

function printConfusion({ classes, confusion }: Evaluation, present: readonly number[]): void {
  if (present.length > widestMatrix) {
    print(`confusion: ${present.length} classes, see --json`);
    return;
  }
  print("confusion (rows true, columns predicted)");
  const nameOf = (k: number) => classes[k] ?? "";
  const rows = present.map((i) => [nameOf(i), ...present.map((k) => confusion[i]?.[k] ?? 0)]);
  printLines(table(["", ...present.map(nameOf)], rows));
}

function printErrors({ errors, classes }: Evaluation, most: number, nameOf: (index: number) => string | number): void {
  const listed = errors.slice(0, most);
  print();
  print(`errors, most confident first (${listed.length} of ${errors.length})`);
  const rows = listed.map(({ index, label, predicted, confidence, probabilityOfTruth }) => [
    nameOf(index),
    classes[label] ?? "",
    classes[predicted] ?? "",
    percent(confidence),
    percent(probabilityOfTruth),
  ]);
  printLines(table(["image", "true", "predicted", "confidence", "probability of truth"], rows));
}
