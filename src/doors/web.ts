/** @file Door `fovea/web`: models and images in a page or a worker, explained by onnxruntime-web. */

export { type LoadModelOptions, loadModel, prepareInput } from "../explain/web.js";
export { FoveaError, naming } from "../foundation/error.js";
export {
  type DecodeImageOptions,
  decodeBitmap,
  decodeImage,
  encodePicture,
  imageSize,
  pictureOfBitmap,
} from "../image/web.js";
export { createWebRuntime, type WebProvider, type WebRuntime, type WebRuntimeOptions } from "../runtime/web.js";
