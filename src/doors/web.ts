/** @file Door `fovea/web`: models and images in a page or a worker, explained by onnxruntime-web. */

export type { ImageExplainer, LoadedModel } from "../explain/loaded-model.js";
export { createWebPlatform, type LoadModelOptions, loadModel, type WebPlatformOptions } from "../explain/web.js";
export { FoveaError, naming } from "../foundation/error.js";
export {
  type DecodeImageOptions,
  decodeBitmap,
  decodeImage,
  encodePicture,
  imageSize,
  pictureOfBitmap,
} from "../image/web.js";
export type { ImageFormat, ImageSource, Platform, Program } from "../model/platform.js";
export { prepareInput, type ReadImage, readImage } from "../model/run/read-image.js";
export { createWebRuntime, type WebProvider, type WebRuntime, type WebRuntimeOptions } from "../runtime/web.js";
