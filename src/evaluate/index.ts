/** @file Door `fovea/evaluate`: how good a classifier is, and what changed from one to another. */

export { type Proportion, proportion } from "./accuracy.js";
export type { Calibration, ReliabilityBin } from "./calibration.js";
export type { ClassScores, MacroScores } from "./class-scores.js";
export { type Comparison, compareClassifiers, mcNemar } from "./compare-classifiers.js";
export type { ConfusionMatrix } from "./confusion-matrix.js";
export { type Evaluation, evaluateClassifier } from "./evaluate-classifier.js";
export { type ClassifierOutput, type Prediction, predictionsOf } from "./predictions.js";
