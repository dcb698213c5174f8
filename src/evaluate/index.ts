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
export { bootstrapMean, type Mean } from "./bootstrap.js";
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
export { centreMaps, evenMaps, type MapSource, methodMaps, randomMaps } from "./map-source.js";
export { meanInterval } from "./mean-interval.js";
export { metricNamed, metrics } from "./metrics/index.js";
export type { Metric, MetricKind, Trial } from "./metrics/metric.js";
export {
  areaUnder,
  type Curve,
  type CurveOptions,
  firstPixels,
  perturbationCurve,
  pixelOrder,
} from "./perturbation-curve.js";
export { createPerturbedModel, type Keep, type PerturbedModel, type Replacement } from "./perturbed-model.js";
export { type ClassifierOutput, type Prediction, predictionsOf } from "./predictions.js";
export { type WeightLayer, weightLayers, withRandomWeights } from "./randomise-weights.js";
export { rankCorrelation } from "./rank-correlation.js";
export {
  type ComparedMaps,
  checkSanity,
  comparedMaps,
  type MapSimilarity,
  type MethodSanity,
  type SanityCheckOptions,
  type SanityStep,
  similarityOf,
} from "./sanity-check.js";
export { structuralSimilarity } from "./ssim.js";
export {
  createTrustStudy,
  type TrustImage,
  type TrustMeasurement,
  type TrustSource,
  type TrustStudy,
  type TrustStudyOptions,
} from "./trust-study.js";
export {
  type BaselineComparison,
  type MetricSummary,
  type SourceSummary,
  type SummariseTrustOptions,
  summariseTrust,
  type TrustSummary,
  type Verdict,
} from "./trust-summary.js";
export { compareWithRandomMaps, type RandomComparison, type VersusRandomOptions } from "./versus-random.js";
