/** @file Door `fovea` on Node: models from files, the embedded digit model, explainers on the native runtime. */

export { type Diagnosis, diagnoseFully } from "../explain/diagnose/diagnose-fully.js";
export type { Explanation } from "../explain/explanation.js";
export { diagnosisOf, displayMapOf, mapOf } from "../explain/maps.js";
export {
  classifier,
  embeddedModelPath,
  type ImageExplainer,
  type ImageSource,
  type LoadedModel,
  type LoadModelOptions,
  loadModel,
  preprocessorOf,
  type ReadImage,
  readImage,
  shapesModelPath,
  untouchedModel,
} from "../explain/node.js";
export type { ClassChoice } from "../explain/options.js";
export type { Explained } from "../explain/stream.js";
export { FoveaError } from "../foundation/error.js";
export type { Preprocessing } from "../image/input/preprocessing.js";
export { decodeImage, encodePng } from "../image/node.js";
export { explainableLayers } from "../model/layers/layers.js";
export { className, type Model } from "../model/model.js";
export { classMinus, maskMean, outputOf, outputScores, similarityTo, type Target } from "../model/targets/targets.js";
export { float32, Tensor } from "../onnx/tensor.js";
export { createNodeRuntime, type NodeDevice, type NodeRuntimeOptions } from "../runtime/node.js";
