/** @file A model with its predictions of every image, in the classes of the report. */

import { type Evaluation, evaluateClassifier } from "../../evaluate/classifier/evaluate-classifier.js";
import type { Explainer } from "../../explain/options.js";
import { at, present } from "../../foundation/present.js";
import type { ModelReport, TrainingReport } from "../report-data.js";
import type { MapSums } from "./mean-map.js";
import type { MappedImage, ObservationStore, Rows } from "./observe/observation.js";

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

/** What a report says of a model besides what it measures; plain data. */
export interface ModelFacts extends Pick<ModelReport, "name" | "description" | "training" | "parameters" | "layers"> {
  /** Title of the method that draws the maps of single images. */
  readonly method: string;
  /** Title of the one whose maps are acted on, where that is another. */
  readonly acting?: string;
}

/** What there is of a model once all images were seen. */
export interface GatheredModel {
  readonly facts: ModelFacts;
  /** The report's class that each of the model's classes is. Default: the same, in the same order. */
  readonly classes?: readonly number[] | undefined;
  readonly rows: Rows;
  /** By label of the report, the maps of the images that were classified rightly, added up. */
  readonly sums: ReadonlyMap<number, MapSums>;
  /** By position, the maps of the surest errors. */
  readonly errorMaps: ReadonlyMap<number, MappedImage>;
}

/** All classes are numbers of the report's. */
export interface Study {
  readonly model: GatheredModel;
  readonly evaluation: Evaluation;
  readonly labels: readonly number[];
  readonly predicted: readonly number[];
  readonly confidence: readonly number[];
  /** The model's index of a class of the report; -1 where it has none. */
  readonly modelClass: (label: number) => number;
  /** A class of the report among those of `GatheredModel`. */
  readonly ownLabel: (label: number) => number;
}

/** Measures a model by its rows. */
export function studyOf(model: GatheredModel, labels: readonly number[], classes: readonly string[]): Study {
  const { rows } = model;
  const reportClasses = model.classes ?? classes.map((_, k) => k);
  const probabilities = new Float32Array(rows.count * classes.length);
  const predicted: number[] = [];
  const confidence: number[] = [];
  for (let i = 0; i < rows.count; i++) {
    const row = rows.at(i);
    for (let k = 0; k < row.probabilities.length; k++)
      probabilities[i * classes.length + at(reportClasses, k)] = at(row.probabilities, k);
    predicted.push(at(reportClasses, row.predicted));
    confidence.push(at(row.probabilities, row.predicted));
  }
  return {
    model,
    evaluation: evaluateClassifier({ probabilities, labels, classes }),
    ...{ labels, predicted, confidence },
    modelClass: (label) => reportClasses.indexOf(label),
    ownLabel: (label) => label,
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
      ownLabel: (label) => study.ownLabel(at(rowsShown, label)),
    };
  });
}
