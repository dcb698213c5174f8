/** @file A model with its predictions of every image, in the classes of the report. */

import { type Evaluation, evaluateClassifier } from "../../evaluate/classifier/evaluate-classifier.js";
import type { Explainer } from "../../explain/options.js";
import { at, present } from "../../foundation/present.js";
import type { TrainingReport } from "../report-data.js";
import type { Observation, ObservationStore } from "./observe/observe.js";

/** A model in a report. */
export interface ReportedModel {
  readonly name: string;
  readonly explainer: Explainer;
  /**
   * Explains by the method whose map follows what taking a place away costs: what is hidden, compared or added up is its. Default
   * the explainer itself.
   */
  readonly acting?: Explainer | undefined;
  readonly description?: string | undefined;
  readonly training?: TrainingReport | undefined;
  /** The data's class that each of the model's classes is. Default: the same, in the same order. */
  readonly classes?: readonly number[] | undefined;
  /** Keeps the results of each image. Default: nothing is kept. */
  readonly store?: ObservationStore | undefined;
}

/** All classes are numbers of the report's. */
export interface Study {
  readonly model: ReportedModel;
  readonly evaluation: Evaluation;
  readonly observations: readonly Observation[];
  readonly labels: readonly number[];
  readonly predicted: readonly number[];
  readonly confidence: readonly number[];
  /** The model's index of a class of the report; -1 where it has none. */
  readonly modelClass: (label: number) => number;
}

/** Measures a model by the observations of every image. */
export function studyOf(
  model: ReportedModel,
  observations: readonly Observation[],
  labels: readonly number[],
  classes: readonly string[],
): Study {
  const reportClasses = model.classes ?? classes.map((_, k) => k);
  const probabilities = new Float32Array(observations.length * classes.length);
  for (const [i, { probabilities: row }] of observations.entries()) {
    row.forEach((probability, k) => {
      probabilities[i * classes.length + at(reportClasses, k)] = probability;
    });
  }
  return {
    model,
    evaluation: evaluateClassifier({ probabilities, labels, classes }),
    observations,
    labels,
    predicted: observations.map(({ predicted }) => at(reportClasses, predicted)),
    confidence: observations.map(({ probabilities, predicted }) => at(probabilities, predicted)),
    modelClass: (label) => reportClasses.indexOf(label),
  };
}

/** The studies in the first `own` classes, and of the others in those that were predicted. */
export function keepClasses(studies: readonly Study[], own: number): Study[] {
  const predicted = new Set(studies.flatMap((study) => study.predicted));
  const { classes } = at(studies, 0).evaluation;
  const rowsShown = [...classes.keys()].filter((k) => k < own || predicted.has(k));
  const places = new Map(rowsShown.map((k, i) => [k, i]));
  const place = (k: number) => present(places.get(k), `class ${k}`);
  const some = <Item>(items: readonly Item[]) => rowsShown.map((k) => at(items, k));
  return studies.map((study) => {
    const { evaluation, labels, predicted } = study;
    return {
      ...study,
      evaluation: {
        ...evaluation,
        classes: some(evaluation.classes),
        perClass: some(evaluation.perClass),
        confusion: some(evaluation.confusion).map(some),
        errors: evaluation.errors.map((each) => ({
          ...each,
          label: place(each.label),
          predicted: place(each.predicted),
        })),
      },
      labels: labels.map(place),
      predicted: predicted.map(place),
      modelClass: (label) => study.modelClass(at(rowsShown, label)),
    };
  });
}
