/** @file Door `fovea/evaluate`: how good a classifier is, and what changed from one to another. */

export { type Proportion, proportion } from "./accuracy.js";
export {
  type Attack,
  type Attacked,
  type AttackMethod,
  type AttackOptions,
  attackMethods,
  createAttack,
} from "./attack.js";
export { perturbationOf, picturesOf } from "./attack-pixels.js";
export {
  type AttackedImages,
  type AttackedPrediction,
  type AttackOutcome,
  type AttackStudyOptions,
  type AttackSummary,
  attackImages,
  type CorrelationSummary,
  summariseAttack,
} from "./attack-study.js";
export type { Calibration, ReliabilityBin } from "./calibration.js";
export type { ClassScores, MacroScores } from "./class-scores.js";
export { type Comparison, compareClassifiers, mcNemar } from "./compare-classifiers.js";
export type { ConfusionMatrix } from "./confusion-matrix.js";
export { type Evaluation, evaluateClassifier } from "./evaluate-classifier.js";
export {
  areaInside,
  borderOf,
  cornersOf,
  evidenceInside,
  type PointingOptions,
  pointingGame,
  type Size,
} from "./evidence.js";
export { centreMap, evenMap } from "./evidence-baselines.js";
export {
  type Compared,
  type Localisation,
  type LocalisationSummary,
  type LocaliseOptions,
  localise,
  type MeasureSummary,
  summariseLocalisation,
} from "./localisation.js";
export { meanInterval } from "./mean-interval.js";
export { type ClassifierOutput, type Prediction, predictionsOf } from "./predictions.js";
export { rankCorrelation } from "./rank-correlation.js";
