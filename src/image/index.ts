/** @file Door `fovea/image`: pictures, heat maps, colour maps, overlays and figures; pure, the same in Node and in a page. */

export {
  type Colormap,
  type ColormapName,
  colormap,
  colormapNames,
  colormapNotes,
  colorOf,
  defaultColormap,
  defaultDivergingColormap,
} from "./colormap.js";
export { type EmphasisOptions, emphasizedPeak, withoutWeak } from "./emphasis.js";
export {
  type ExplanationFigure,
  type ExplanationFigureOptions,
  type ExplanationRow,
  explanationFigure,
} from "./figure.js";
export { formatNumber } from "./format-number.js";
export {
  commonPeak,
  type FloatMap,
  floatMap,
  mapPeak,
  type NormalizeOptions,
  normalizeMap,
  type PeakOptions,
} from "./heatmap.js";
export { type PreparedPicture, pictureOfInput, planar, preparePicture } from "./input.js";
export { type Blend, colorizeMap, type OverlayOptions, overlay, overlayLayer } from "./overlay.js";
export type { FigurePlatform, PanelOptions } from "./panel.js";
export { appendPhotos, appendPlacedMaps } from "./photo.js";
export { createPicture, type Picture, pictureFromRgba, toGrey, toRgb, toRgba } from "./picture.js";
export { appendNormalized, appendResized, openPreprocessor, type Preprocessor, seenBox } from "./preprocess.js";
export { type Box, enlargePixels, placeMap, type ResizeOptions, resizeMap, resizePicture } from "./resize.js";
export { type ContactSheet, type ContactSheetOptions, contactSheet, type SheetCell } from "./sheet.js";
export { type FontWeight, svgText, type TextRenderer, type TextStyle } from "./text.js";
