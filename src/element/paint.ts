/** @file Heat maps and colour scales on canvases. */

import { withoutWeak } from "../image/map/emphasis.js";
import { type FloatMap, normalizeMap } from "../image/map/heatmap.js";
import { colorizeMap, overlayLayer } from "../image/map/overlay.js";
import { toRgba } from "../image/picture/picture.js";
import { type Box, placeMap, resizeMap } from "../image/picture/resize.js";
import type { ShownMap } from "./map-data.js";

/** A map as it is coloured: shares of the peak, values below the threshold as zero. */
export function displayMap({ map, peak, signed, relative }: ShownMap, threshold: number): FloatMap {
  // A model has done all that already, for as many values as the photo has pixels.
  if (relative && peak === 1 && threshold === 0) return map;
  return normalizeMap(withoutWeak(map, peak, { threshold }), { signed, peak });
}

/** More pixels than that are left to the browser, which enlarges smoothly. */
const mostPixels = 1e6;

interface Size {
  readonly width: number;
  readonly height: number;
}

/** How many pixels a canvas should have that is shown at that size, in CSS pixels. */
export function canvasSize({ width, height }: Size): Size {
  const scale = Math.min(globalThis.devicePixelRatio || 1, Math.sqrt(mostPixels / (width * height)));
  const pixels = (length: number) => Math.max(1, Math.round(length * scale));
  return { width: pixels(width), height: pixels(height) };
}

/** Paints the layer over the picture. @param box in pixels of the picture */
export function paintMap(
  canvas: HTMLCanvasElement,
  map: FloatMap,
  colours: string,
  size: Size,
  box?: PictureBox,
): void {
  const { width, height } = size;
  const whole = box ? placeMap(map, scaleBox(box, size), width, height) : resizeMap(map, width, height);
  paint(canvas, overlayLayer(whole, { colormap: colours }), size);
}

export interface PictureBox extends Box {
  /** The picture. */
  readonly of: Size;
}

function scaleBox({ x, y, width, height, of }: PictureBox, to: Size): Box {
  const [across, down] = [to.width / of.width, to.height / of.height];
  return { x: x * across, y: y * down, width: width * across, height: height * down };
}

/** All colours from left to right. */
export function paintRamp(canvas: HTMLCanvasElement, colours: string, signed: boolean): void {
  const { width } = canvas;
  const values = Float32Array.from({ length: width }, (_, i) => (signed ? 2 * i : i) / (width - 1) - (signed ? 1 : 0));
  paint(canvas, toRgba(colorizeMap({ width, height: 1, values }, colours)), { width, height: 1 });
}

function paint(canvas: HTMLCanvasElement, rgba: Uint8ClampedArray<ArrayBuffer>, { width, height }: Size): void {
  Object.assign(canvas, { width, height });
  canvas.getContext("2d")?.putImageData(new ImageData(rgba, width, height), 0, 0);
}
