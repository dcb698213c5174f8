/** @file Entry `fovea/image`: pictures, heat maps, colour maps, overlays and figures; pure, the same on Node and in a page. */

export { type ExplanationFigure, explanationFigure } from "../image/figure/figure.js";
export { contactSheet } from "../image/figure/sheet.js";
export { colormap } from "../image/map/colormap.js";
export { type ColormapName, colormapNames } from "../image/map/colormap-names.js";
export { type FloatMap, floatMap, mapPeak, normalizeMap } from "../image/map/heatmap.js";
export { colorizeMap, type OverlayOptions, overlay } from "../image/map/overlay.js";
export { createPicture, type Picture, pictureFromRgba, toRgba } from "../image/picture/picture.js";
export { type Box, placeMap, resizeMap, resizePicture } from "../image/picture/resize.js";
