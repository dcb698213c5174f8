/** @file Entry `fovea` on Node: models, images, explanations; the same everyday names in a page, where bundlers take `fovea/web` for `fovea`. */

export { type CompareMethodsOptions, compareMethods } from "../explain/compare-methods.js";
export { compileExplanation } from "../explain/compile.js";
export type { MapDiagnosis } from "../explain/diagnose/diagnose.js";
export { type Diagnosis, diagnoseFully } from "../explain/diagnose/diagnose-fully.js";
export type { ClassScore, Explanation, ImageExplanation } from "../explain/explanation.js";
export {
  createIsolatedPlatform,
  type IsolatedPlatform,
  type IsolatedPlatformOptions,
} from "../explain/isolated-platform.js";
export type { ImageExplainer, LoadedModel, LoadModelOptions, ModelSource } from "../explain/loaded-model.js";
export { type DisplayMapOptions, diagnosisOf, displayMapOf, mapOf } from "../explain/maps.js";
export type { CamMethod } from "../explain/method.js";
export { methodNamed, methods } from "../explain/methods/index.js";
export { createNodePlatform, embeddedModelPath, loadModel } from "../explain/node.js";
export type { ClassChoice, Explainer, ExplainerOptions, ExplainOptions, Included } from "../explain/options.js";
export { checkModel, type ModelCheck } from "../explain/prove/check-model.js";
export { type Cost, measureCost } from "../explain/prove/cost.js";
export type { Explained, ExplainStreamOptions } from "../explain/stream.js";
export { type ErrorCode, FoveaError } from "../foundation/error.js";
export type { Preprocessing } from "../image/input/preprocessing.js";
export type { FloatMap } from "../image/map/heatmap.js";
export { decodeImage, encodePicture, explanationSvg, svgToPng } from "../image/node.js";
export type { ImageSource } from "../image/picture/image-file.js";
export type { Picture } from "../image/picture/picture.js";
export { className } from "../model/class-names.js";
export { explainableLayers } from "../model/layers/find-layers.js";
export type { Layer } from "../model/layers/layer.js";
export type { Model } from "../model/model.js";
export type { Platform } from "../model/platform.js";
export type { Classifier } from "../model/run/classifier.js";
export type { ReadImage } from "../model/run/read-image.js";
export { type ClassGroup, type ClassGroupsOptions, classGroups } from "../model/targets/class-groups.js";
export { classMinus } from "../model/targets/class-minus.js";
export { maskMean } from "../model/targets/mask-mean.js";
export { outputOf } from "../model/targets/output.js";
export { outputScores } from "../model/targets/output-scores.js";
export { similarityTo } from "../model/targets/similarity.js";
export type { Target } from "../model/targets/target.js";
export { float32, Tensor } from "../onnx/tensor.js";
export { createNodeRuntime, type NodeRuntimeOptions } from "../runtime/node.js";
export type { Runtime } from "../runtime/session.js";
