/** @file Entry `fovea/image/web`: image files read and written by the browser, in a page or a worker. */

export {
  type DecodeImageOptions,
  decodeBitmap,
  decodeImage,
  encodeDataUrl,
  encodePicture,
  type ImageHeader,
  imageSize,
  pictureOfBitmap,
  webPlatform,
} from "../image/web.js";
