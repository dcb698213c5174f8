/** @file Entry `fovea/image/node`: image files read and written with sharp, on Node. */

export {
  contactSheetSvg,
  type DecodeOptions,
  decodeImage,
  encodePicture,
  encodePng,
  encodePngDataUrl,
  encodeWebpDataUrl,
  explanationSvg,
  imageFormat,
  imageSize,
  type LoadTextOptions,
  loadText,
  nodePlatform,
  type PictureFormat,
  pictureFormats,
  rasterize,
  type SvgToPngOptions,
  svgToPng,
} from "../image/node.js";
