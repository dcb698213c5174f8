/** @file What a model's confidence is worth: its temperature on the images of the report, and the labels that it then contradicts. */

import { evaluateClassifier } from "../../evaluate/classifier/evaluate-classifier.js";
import { expectedDoubts, labelDoubts } from "../../evaluate/classifier/label-doubts.js";
import { atTemperature, fitTemperature, logarithms } from "../../evaluate/classifier/temperature.js";
import { poissonTail } from "../../evaluate/statistics/poisson.js";
import { at } from "../../foundation/present.js";
import type { ConfidenceReport } from "../report-data.js";
import type { ImageRow } from "./observe/observation.js";
import type { Study } from "./study.js";

/** A model's scaled confidence, and what it says of the labels. */
export interface Confidence {
  /** Undefined where there are too few images to tell. */
  readonly report: ConfidenceReport | undefined;
  /** For each image the class of the report that its label may rather be. */
  readonly doubts: readonly (number | undefined)[];
}

/** Fewer images say nothing of a temperature. */
const fewest = 40;
/** A model that is farther off even at its temperature has no say about labels. */
const mostScaledError = 0.05;

/** What the answers to labelled images are. */
export interface LabelledAnswers extends Pick<Study, "evaluation" | "labels" | "modelClass"> {
  readonly rows: { at(index: number): Pick<ImageRow, "probabilities"> };
}

/** Images of classes that the model does not have are left out. */
export function confidenceOf({ evaluation, rows: answers, labels, modelClass }: LabelledAnswers): Confidence {
  const classes = labels.length > 0 ? answers.at(0).probabilities.length : 0;
  const known = [...labels.keys()].filter((i) => modelClass(at(labels, i)) >= 0);
  const none = { report: undefined, doubts: labels.map(() => undefined) };
  if (known.length < fewest || classes < 2 || !known.every((i) => addUp(answers.at(i)))) return none;
  const rows = (indices: readonly number[]): Labelled => {
    const probabilities = new Float32Array(indices.length * classes);
    for (const [row, i] of indices.entries()) probabilities.set(answers.at(i).probabilities, row * classes);
    return { probabilities, labels: indices.map((i) => modelClass(at(labels, i))) };
  };
  const all = rows(known);
  const temperature = temperatureOf(all, classes);
  const halves = [0, 1].map((half) => rows(known.filter((_, i) => i % 2 === half)));
  const scaledError = crossFittedError(halves, classes);
  const report = { temperature, error: evaluation.calibration.expectedCalibrationError, scaledError };
  if (scaledError > mostScaledError) return { ...none, report };
  const found = doubtsOf(all, temperature, classes);
  const said = found.classes.filter((each) => each !== undefined).length;
  const doubted = { found: said, expected: found.expected, pValue: poissonTail(said, found.expected) };
  if (doubted.pValue >= 0.05) return { ...none, report: { ...report, doubted } };
  const reportClass = new Map(evaluation.classes.map((_, label) => [modelClass(label), label]));
  const doubts: (number | undefined)[] = labels.map(() => undefined);
  for (const [row, each] of found.classes.entries())
    if (each !== undefined) doubts[at(known, row)] = reportClass.get(each);
  return { report: { ...report, doubted }, doubts };
}

/** The model's class that each label may rather be, and how many would be doubted if all labels were right. */
function doubtsOf({ probabilities, labels }: Labelled, temperature: number, classes: number) {
  const scaledBy = (factor: number) => ({
    probabilities: atTemperature(probabilities, classes, factor),
    labels,
    classes,
  });
  const doubted = labelDoubts(scaledBy(temperature));
  const standing = fitTemperature({
    scores: logarithms(probabilities),
    labels: labels.map((label, i) => (doubted[i] === undefined ? label : -1)),
    classes,
  });
  return { classes: doubted, expected: expectedDoubts(scaledBy(standing)) };
}

interface Labelled {
  readonly probabilities: Float32Array;
  readonly labels: readonly number[];
}

function temperatureOf({ probabilities, labels }: Labelled, classes: number): number {
  return fitTemperature({ scores: logarithms(probabilities), labels, classes });
}

/** The calibration error at temperatures that are fitted on the other half of the images each. */
function crossFittedError(halves: readonly Labelled[], classes: number): number {
  const names = Array.from({ length: classes }, (_, k) => String(k));
  const labels = halves.flatMap((half) => half.labels);
  const probabilities = new Float32Array(labels.length * classes);
  let from = 0;
  for (const [i, half] of halves.entries()) {
    const temperature = temperatureOf(at(halves, 1 - i), classes);
    probabilities.set(atTemperature(half.probabilities, classes, temperature), from);
    from += half.probabilities.length;
  }
  return evaluateClassifier({ probabilities, labels, classes: names }).calibration.expectedCalibrationError;
}

/** Whether a softmax may have made them: a sigmoid for each class knows no temperature. */
function addUp({ probabilities }: Pick<ImageRow, "probabilities">): boolean {
  return Math.abs(probabilities.reduce((total, value) => total + value, 0) - 1) <= 5e-3;
}
