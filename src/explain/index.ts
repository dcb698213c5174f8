/** @file Door `fovea/explain`: where a network looks, for any class and layer. */

export { type Diagnosis, diagnose, type MapCondition } from "./diagnose.js";
export {
  type ClassChoice,
  createExplainer,
  type Explainer,
  type ExplainerOptions,
  type ExplainOptions,
  type Explanation,
  type ExplanationGraphs,
} from "./explainer.js";
export { chooseLayer, explainableLayers, type Layer } from "./layers.js";
export { type DisplayMapOptions, diagnosisOf, displayMapOf, mapOf } from "./maps.js";
export type { CamInputs, CamMethod, CamOutputs } from "./method.js";
export { methodNamed, methods } from "./methods/index.js";
export { className, type Model, openModel } from "./model.js";
export { type NetworkLayer, networkLayers, parameterCount } from "./network-summary.js";
export { type ChosenPreprocessing, preprocessingOf } from "./preprocessing.js";
