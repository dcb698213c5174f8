/** @file Door `fovea/explain`: where a network looks, for any class and layer. */

export { type Items, mapAhead } from "../map-ahead.js";
export type { Augmentation } from "./augmented.js";
export { joined, singleImages } from "./batches.js";
export { type CheckModelOptions, checkModel, type GradientProof, type ModelCheck, type Proof } from "./check-model.js";
export { appendScores, type Classifier, checkImages, createClassifier } from "./classifier.js";
export { type Classified, type ClassifyStreamOptions, classifyStream } from "./classify-stream.js";
export { type CompileOptions, compileExplanation } from "./compile.js";
export { type Cost, type MeasureCostOptions, measureCost } from "./cost.js";
export { type DiagnoseOptions, diagnose, type MapCondition, type MapDiagnosis, type MapFacts } from "./diagnose.js";
export type { Cause, CauseKind } from "./diagnose-cause.js";
export { type DiagnoseFullyOptions, type Diagnosis, diagnoseFully, type Suggestion } from "./diagnose-fully.js";
export {
  type ClassChoice,
  type Completeness,
  createExplainer,
  type Explainer,
  type ExplainerOptions,
  type ExplainOptions,
  type Explanation,
  type Included,
} from "./explainer.js";
export { foldToPlanes } from "./fold.js";
export type { Fusion } from "./fused.js";
export { differentiated } from "./gradients.js";
export { createLayerMaps, type LayerMaps, type LayerMapsOptions } from "./layer-maps.js";
export {
  type ChosenLayer,
  chooseLayer,
  describeLayer,
  describeLayout,
  explainableLayers,
  type Layer,
  layerSize,
  stages,
} from "./layers.js";
export { type GridOptions, gridOf, type Layout, layoutsOf, type TokenGrid } from "./layout.js";
export { type DisplayMapOptions, diagnosisOf, displayMapOf, type MapOptions, mapOf } from "./maps.js";
export { classFinder, type MatchedClasses, matchClasses, type NamedClasses } from "./match-classes.js";
export {
  type ActivationMethod,
  type CamInputs,
  type CamMethod,
  type CamOutputs,
  type GradientMethod,
  type GraphMethod,
  isPassMethod,
} from "./method.js";
export { methodNamed, methods } from "./methods/index.js";
export { type OcclusionOptions, occlusionWith } from "./methods/occlusion.js";
export { type RiseOptions, riseWith } from "./methods/rise.js";
export { type ScoreCamOptions, scoreCamWith } from "./methods/score-cam.js";
export { milestones } from "./milestones.js";
export { className, type Model, type OpenModelOptions, openModel, withInputs } from "./model.js";
export { type NetworkLayer, networkLayers, parameterCount } from "./network-summary.js";
export type { PassMethod } from "./passes/pass-method.js";
export { type ChosenPreprocessing, imageDims, preprocessingOf } from "./preprocessing.js";
export { type Read, readBatches } from "./read-batches.js";
export type { ExplanationGraphs, RunOptions } from "./runner.js";
export type { Sample, SampledMethod, Summed } from "./sampled/sampled-method.js";
export { readLabels, readSidecar, type Sidecar, sidecarFiles } from "./sidecar.js";
export { type Explained, type ExplainStreamOptions, explainStream } from "./stream.js";
export {
  areOwnScores,
  classMinus,
  maskMean,
  type OutputScoresOptions,
  outputOf,
  outputScores,
  similarityTo,
  type Target,
  withTarget,
} from "./targets.js";
