/** @file Door `fovea/web`: models and images in a page or a worker, explained by onnxruntime-web. */

export { FoveaError, naming } from "./error.js";
export {
  type DecodeImageOptions,
  decodeBitmap,
  decodeImage,
  encodePicture,
  imageSize,
  pictureOfBitmap,
} from "./image/web.js";
export { createWebRuntime, type WebProvider, type WebRuntime, type WebRuntimeOptions } from "./runtime/web.js";
export { type LoadModelOptions, loadModel, prepareInput } from "./explain/open-web.js";
