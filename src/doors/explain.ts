/** @file Door `fovea/explain`: where a network looks, for any class and layer. */

export { type CompileOptions, compileExplanation } from "../explain/compile.js";
export {
  type DiagnoseOptions,
  diagnose,
  type MapCondition,
  type MapDiagnosis,
  type MapFacts,
} from "../explain/diagnose/diagnose.js";
export type { Cause, CauseKind } from "../explain/diagnose/diagnose-cause.js";
export {
  type DiagnoseFullyOptions,
  type Diagnosis,
  diagnoseFully,
  type Suggestion,
} from "../explain/diagnose/diagnose-fully.js";
export { createExplainer } from "../explain/explainer.js";
export type { Completeness, Explanation } from "../explain/explanation.js";
export { createLayerMaps, type LayerMaps, type LayerMapsOptions } from "../explain/layer-maps.js";
export { type DisplayMapOptions, diagnosisOf, displayMapOf, type MapOptions, mapOf } from "../explain/maps.js";
export type { PassMethod, Sample, SampledMethod, Summed } from "../explain/method.js";
export {
  type ActivationMethod,
  type CamInputs,
  type CamMethod,
  type CamOutputs,
  type GradientMethod,
  type GraphMethod,
  isPassMethod,
} from "../explain/method.js";
export { methodNamed, methods } from "../explain/methods/index.js";
export { type OcclusionOptions, occlusionWith } from "../explain/methods/occlusion.js";
export { type RiseOptions, riseWith } from "../explain/methods/rise.js";
export { type ScoreCamOptions, scoreCamWith } from "../explain/methods/score-cam.js";
export type {
  Augmentation,
  ClassChoice,
  Explainer,
  ExplainerOptions,
  ExplainOptions,
  ExplanationGraphs,
  Fusion,
  Included,
  RunOptions,
} from "../explain/options.js";
export {
  type CheckModelOptions,
  checkModel,
  type GradientProof,
  type ModelCheck,
  type Proof,
} from "../explain/prove/check-model.js";
export { type Cost, type MeasureCostOptions, measureCost } from "../explain/prove/cost.js";
export { differentiated } from "../explain/run/gradients.js";
export { type Explained, type ExplainStreamOptions, explainStream } from "../explain/stream.js";
export { type Items, mapAhead } from "../foundation/map-ahead.js";
export { className } from "../model/class-names.js";
export { withInputs } from "../model/inputs.js";
export { chooseLayer, stages } from "../model/layers/choose-layer.js";
export { explainableLayers } from "../model/layers/find-layers.js";
export { foldToPlanes } from "../model/layers/fold.js";
export { type ChosenLayer, describeLayer, describeLayout, type Layer, layerSize } from "../model/layers/layer.js";
export { type GridOptions, gridOf, type Layout, layoutsOf, type TokenGrid } from "../model/layers/layout.js";
export { milestones } from "../model/layers/milestones.js";
export { classFinder, type MatchedClasses, matchClasses, type NamedClasses } from "../model/match-classes.js";
export type { Model } from "../model/model.js";
export { openModel } from "../model/open.js";
export type { OpenModelOptions } from "../model/passes/pass.js";
export { type ChosenPreprocessing, imageDims, preprocessingOf } from "../model/preprocessing.js";
export { joined, singleImages } from "../model/run/batches.js";
export { appendScores, type Classifier, checkImages, createClassifier } from "../model/run/classifier.js";
export { type Classified, type ClassifyStreamOptions, classifyStream } from "../model/run/classify-stream.js";
export { type Read, readBatches } from "../model/run/read-batches.js";
export { readLabels, readSidecar, type Sidecar, sidecarFiles } from "../model/sidecar.js";
export { type NetworkLayer, networkLayers, parameterCount } from "../model/summary.js";
export { classMinus } from "../model/targets/class-minus.js";
export { maskMean } from "../model/targets/mask-mean.js";
export { outputOf } from "../model/targets/output.js";
export { type OutputScoresOptions, outputScores } from "../model/targets/output-scores.js";
export { similarityTo } from "../model/targets/similarity.js";
export { areOwnScores, type Target, withTarget } from "../model/targets/target.js";
