/** @file Everything that class probabilities and labels say about a classifier. */

import { type Proportion, proportion } from "../statistics/proportion.js";
import { type Calibration, calibration } from "./calibration.js";
import { type ClassScores, classScores, type MacroScores, macroScores } from "./class-scores.js";
import { type ConfusionMatrix, confusionMatrix } from "./confusion-matrix.js";
import { type ClassifierOutput, type Prediction, predictionsOf, type ScoredPrediction } from "./predictions.js";

/** Accuracy, scores per class, confusion and calibration of a classifier. Plain data, the same after a trip through JSON. */
export interface Evaluation {
  readonly classes: readonly string[];
  /** How many images were classified. */
  readonly count: number;
  readonly correct: number;
  readonly accuracy: Proportion;
  readonly perClass: readonly ClassScores[];
  readonly macro: MacroScores;
  readonly confusion: ConfusionMatrix;
  readonly calibration: Calibration;
  /** The images classified wrongly, the most confident first, equals in the order of the data. */
  readonly errors: readonly Prediction[];
}

/** Measures a classifier of two or more classes on labelled images. */
export function evaluateClassifier(output: ClassifierOutput): Evaluation {
  return evaluatePredictions(predictionsOf(output, "evaluateClassifier"), output.classes);
}

/** The same of predictions that were read one by one. @param predictions in the order of their indices, of one image or more */
export function evaluatePredictions(predictions: readonly ScoredPrediction[], classes: readonly string[]): Evaluation {
  const wrong = predictions.filter(({ label, predicted }) => label !== predicted);
  const errors = wrong.map(({ brier: _brier, ...prediction }) => prediction);
  const correct = predictions.length - errors.length;
  const confusion = confusionMatrix(predictions, classes.length);
  const perClass = classScores(confusion, classes);
  return {
    classes: [...classes],
    count: predictions.length,
    correct,
    accuracy: proportion(correct, predictions.length),
    perClass,
    macro: macroScores(perClass),
    confusion,
    calibration: calibration(predictions),
    errors: errors.sort((a, b) => b.confidence - a.confidence || a.index - b.index),
  };
}
