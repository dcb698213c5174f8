/** @file Entry `fovea/explain`: methods of one's own, and the parts that explainers are made of, on any runtime. */

export { createExplainer } from "../explain/explainer.js";
export { createLayerMaps } from "../explain/layer-maps.js";
export type { CamInputs, CamMethod, CamOutputs, PassMethod, SampledMethod } from "../explain/method.js";
export { occlusionWith } from "../explain/methods/occlusion.js";
export { riseWith } from "../explain/methods/rise.js";
export { scoreCamWith } from "../explain/methods/score-cam.js";
export { layerRelevance } from "../explain/steps/layer-relevance.js";
export { explainStream } from "../explain/stream.js";
export { chooseLayer, stages } from "../model/layers/choose-layer.js";
export { openModel } from "../model/open.js";
export type { OpenModelOptions } from "../model/passes/pass.js";
export { preprocessingOf } from "../model/preprocessing.js";
export { createClassifier } from "../model/run/classifier.js";
export { classifyStream } from "../model/run/classify-stream.js";
export { withTarget } from "../model/targets/target.js";
