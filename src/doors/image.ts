/** @file Door `fovea/image`: pictures, heat maps, colour maps, overlays and figures; pure, the same in Node and in a page. */

export {
  type ExplanationFigure,
  type ExplanationFigureOptions,
  type ExplanationRow,
  explanationFigure,
} from "../image/figure/figure.js";
export { formatNumber } from "../image/figure/format-number.js";
export type { FigurePlatform, PanelOptions } from "../image/figure/panel.js";
export { type ContactSheet, type ContactSheetOptions, contactSheet, type SheetCell } from "../image/figure/sheet.js";
export { type FontWeight, svgText, type TextRenderer, type TextStyle } from "../image/figure/text.js";
export { type PreparedPicture, pictureOfInput, planar, preparePicture } from "../image/input/input.js";
export { appendPhotos, appendPlacedMaps } from "../image/input/photo.js";
export {
  appendNormalized,
  appendResized,
  openPreprocessor,
  type Preprocessor,
  seenBox,
} from "../image/input/preprocess.js";
export {
  type Colormap,
  type ColormapName,
  colormap,
  colormapNames,
  colormapNotes,
  colorOf,
  defaultColormap,
  defaultDivergingColormap,
} from "../image/map/colormap.js";
export { type EmphasisOptions, emphasizedPeak, withoutWeak } from "../image/map/emphasis.js";
export {
  commonPeak,
  type FloatMap,
  floatMap,
  mapPeak,
  type NormalizeOptions,
  normalizeMap,
  type PeakOptions,
} from "../image/map/heatmap.js";
export { type Blend, colorizeMap, type OverlayOptions, overlay, overlayLayer } from "../image/map/overlay.js";
export { createPicture, type Picture, pictureFromRgba, toGrey, toRgb, toRgba } from "../image/picture/picture.js";
export {
  type Box,
  enlargePixels,
  placeMap,
  type ResizeOptions,
  resizeMap,
  resizePicture,
} from "../image/picture/resize.js";
