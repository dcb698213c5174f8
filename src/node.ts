/** @file Door `fovea` on Node: models from files, the embedded digit model, explainers on the native runtime. */

export { FoveaError } from "./error.js";
export {
  type ClassChoice,
  classMinus,
  className,
  type Diagnosis,
  diagnoseFully,
  diagnosisOf,
  displayMapOf,
  type Explained,
  type Explanation,
  explainableLayers,
  type Model,
  mapOf,
  maskMean,
  outputOf,
  outputScores,
  similarityTo,
  type Target,
} from "./explain/index.js";
export { decodeImage, encodePng } from "./image/node.js";
export { float32, type Preprocessing, Tensor } from "./onnx/index.js";
export { nodeRuntime } from "./runtime/node.js";
export { embeddedModelPath, shapesModelPath, type LoadModelOptions, type LoadedModel, type ImageSource, type ImageExplainer, loadModel, classifier, type ReadImage, readImage, preprocessorOf, untouchedModel } from "./explain/open-node.js";
