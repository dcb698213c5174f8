/** @file Door `fovea` on Node: models from files, the embedded digit model, explainers on the native runtime. */

export { type Diagnosis, diagnoseFully } from "../explain/diagnose/diagnose-fully.js";
export type { Explanation } from "../explain/explanation.js";
export type { ImageExplainer, LoadedModel } from "../explain/loaded-model.js";
export { diagnosisOf, displayMapOf, mapOf } from "../explain/maps.js";
export {
  createNodePlatform,
  embeddedModelPath,
  type LoadModelOptions,
  loadModel,
  type NodePlatformOptions,
  shapesModelPath,
} from "../explain/node.js";
export type { ClassChoice } from "../explain/options.js";
export type { Explained } from "../explain/stream.js";
export { FoveaError } from "../foundation/error.js";
export type { Preprocessing } from "../image/input/preprocessing.js";
export { decodeImage, encodePng } from "../image/node.js";
export { className } from "../model/class-names.js";
export { explainableLayers } from "../model/layers/find-layers.js";
export type { Model } from "../model/model.js";
export { untouchedModel } from "../model/node.js";
export type { ImageFormat, ImageSource, Platform, Program } from "../model/platform.js";
export { type ReadImage, readImage } from "../model/run/read-image.js";
export { classMinus } from "../model/targets/class-minus.js";
export { maskMean } from "../model/targets/mask-mean.js";
export { outputOf } from "../model/targets/output.js";
export { outputScores } from "../model/targets/output-scores.js";
export { similarityTo } from "../model/targets/similarity.js";
export type { Target } from "../model/targets/target.js";

export { float32, Tensor } from "../onnx/tensor.js";
export { createNodeRuntime, type NodeDevice, type NodeRuntimeOptions } from "../runtime/node.js";
