/** @file Door `fovea/evaluate`: how good a classifier is, and what changed from one to another. */

export {
  type Attack,
  type Attacked,
  type AttackMethod,
  type AttackOptions,
  attackMethods,
  createAttack,
} from "../evaluate/attack/attack.js";
export {
  type AttackedImages,
  type AttackedPrediction,
  type AttackOutcome,
  type AttackStudyOptions,
  type AttackSummary,
  attackImages,
  type CorrelationSummary,
  summariseAttack,
} from "../evaluate/attack/attack-study.js";
export type { Calibration, ReliabilityBin } from "../evaluate/classifier/calibration.js";
export type { ClassScores, MacroScores } from "../evaluate/classifier/class-scores.js";
export { type Comparison, compareClassifiers, mcNemar } from "../evaluate/classifier/compare-classifiers.js";
export type { ConfusionMatrix } from "../evaluate/classifier/confusion-matrix.js";
export { type Evaluation, evaluateClassifier } from "../evaluate/classifier/evaluate-classifier.js";
export { type ClassifierOutput, type Prediction, predictionsOf } from "../evaluate/classifier/predictions.js";
export { metricNamed, metrics } from "../evaluate/metrics/index.js";
export type { Metric, MetricKind } from "../evaluate/metrics/metric.js";
export { type WeightLayer, weightLayers, withRandomWeights } from "../evaluate/sanity/randomise-weights.js";
export {
  type ComparedMaps,
  checkSanity,
  comparedMaps,
  type MapSimilarity,
  type MethodSanity,
  type SanityCheckOptions,
  type SanityStep,
  similarityOf,
} from "../evaluate/sanity/sanity-check.js";
export { bootstrapMean, type Mean } from "../evaluate/statistics/bootstrap.js";
export { meanInterval } from "../evaluate/statistics/mean-interval.js";
export { type Proportion, proportion } from "../evaluate/statistics/proportion.js";
export { rankCorrelation } from "../evaluate/statistics/rank-correlation.js";
export { structuralSimilarity } from "../evaluate/statistics/ssim.js";
export {
  type Compared,
  type Localisation,
  type LocalisationSummary,
  type LocaliseOptions,
  localise,
  type MeasureSummary,
  summariseLocalisation,
} from "../evaluate/studies/localisation.js";
export type { TrustImage, TrustMeasurement, TrustSource } from "../evaluate/studies/trust-measurement.js";
export { createTrustStudy, type TrustStudy, type TrustStudyOptions } from "../evaluate/studies/trust-study.js";
export {
  type BaselineComparison,
  type MetricSummary,
  type SourceSummary,
  type SummariseTrustOptions,
  summariseTrust,
  type TrustSummary,
  type Verdict,
} from "../evaluate/studies/trust-summary.js";
export {
  compareWithRandomMaps,
  type RandomComparison,
  type VersusRandomOptions,
} from "../evaluate/studies/versus-random.js";
export { centreMap, uniformMap } from "../evaluate/trial/baseline-maps.js";
export {
  areaInside,
  borderOf,
  cornersOf,
  evidenceInside,
  type PointingOptions,
  pointingGame,
} from "../evaluate/trial/evidence.js";
export { perturbationOf, picturesOf } from "../evaluate/trial/input-pixels.js";
export { centreMaps, type MapSource, methodMaps, randomMaps, uniformMaps } from "../evaluate/trial/map-source.js";
export {
  areaUnder,
  type Curve,
  type CurveOptions,
  firstPixels,
  perturbationCurve,
  pixelOrder,
} from "../evaluate/trial/perturbation-curve.js";
export { createPerturbedModel } from "../evaluate/trial/perturbed-model.js";
export type { Keep, PerturbedModel, Replacement, Size, Trial } from "../evaluate/trial/trial.js";
