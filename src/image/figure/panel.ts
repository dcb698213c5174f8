/** @file One picture in a figure: its size on the page, its samples, and its SVG element. */

import type { Picture } from "../picture/picture.js";
import { type Box, enlargePixels, resizePicture } from "../picture/resize.js";
import { cleanText, decimals, escapeXml, type TextRenderer } from "./text.js";

/** The platform that a figure is made on: its text and its image files. */
export interface FigurePlatform {
  readonly text: TextRenderer;
  /** A `data:` URL of the picture. `exact` pictures must keep every sample; a `photo` may be compressed with losses. */
  encode(picture: Picture, content: "exact" | "photo"): Promise<string>;
}

export interface PanelOptions {
  /** Longest side of a picture on the page, in pixels. Default 280 for small pictures, whose pixels are shown as squares, and 360 for photos. */
  panelSize?: number;
  /** Embedded samples for each pixel of the page, for sharp screens and print. Default 2. */
  pixelRatio?: number;
}

export interface PanelSize {
  /** On the page. */
  readonly width: number;
  readonly height: number;
  /** Of the samples embedded. */
  readonly samplesAcross: number;
  readonly samplesDown: number;
  /** Samples for each pixel of a small picture, whose pixels are shown as squares; 0 for a photo. */
  readonly zoom: number;
}

const longestSmallSide = 128;

/** How large a picture is shown. The shape is kept; small pictures grow by a whole number. */
export function panelSizeOf({ width, height }: Picture, { panelSize, pixelRatio = 2 }: PanelOptions): PanelSize {
  const longest = Math.max(width, height);
  if (longest <= longestSmallSide) {
    const factor = Math.max(1, Math.floor((panelSize ?? 280) / longest));
    const zoom = factor * Math.max(1, Math.round(pixelRatio));
    return {
      width: width * factor,
      height: height * factor,
      samplesAcross: width * zoom,
      samplesDown: height * zoom,
      zoom,
    };
  }
  const factor = (panelSize ?? 360) / longest;
  const samples = Math.min(1, factor * pixelRatio);
  const scale = (side: number, by: number) => Math.max(1, Math.round(side * by));
  return {
    width: scale(width, factor),
    height: scale(height, factor),
    samplesAcross: scale(width, samples),
    samplesDown: scale(height, samples),
    zoom: 0,
  };
}

/** How a drawing is turned into pixels. */
export interface Raster {
  /** Pixels of the file for each pixel of the drawing. */
  readonly scale: number;
  /** Embedded pictures keep their own pixels, as squares; else they are smoothed. */
  readonly pixelated: boolean;
}

/** Where a file has fewer pixels for each one of the drawing, text is no longer sharp. */
const leastScale = 1.3;

/**
 * How a drawing with panels of this picture becomes an image file: each of the picture's pixels is a whole number of the file's.
 * Nothing is then made up between them, and the file is a fifth as large as with smoothed ones, which do not compress.
 */
export function rasterOf(picture: Picture, options: PanelOptions = {}): Raster {
  const { width, samplesAcross, zoom } = panelSizeOf(picture, options);
  const density = samplesAcross / width;
  if (zoom > 0 || density >= 2) return { scale: 2, pixelated: false };
  const whole = Math.max(1, Math.floor(2 / density));
  return { scale: density * (density * whole < leastScale ? whole + 1 : whole), pixelated: true };
}

/** The picture with as many samples as the panel embeds. */
export function samplePanel(picture: Picture, size: PanelSize): Picture {
  return size.zoom > 0
    ? enlargePixels(picture, size.zoom)
    : resizePicture(picture, size.samplesAcross, size.samplesDown);
}

/** An embedded picture with a hairline around it, so that a white one has an edge too. @param box its place on the page */
export function imageElement(url: string, label: string, { x, y, width, height }: Box): string {
  const place = `x="${decimals(x)}" y="${decimals(y)}" width="${decimals(width)}" height="${decimals(height)}"`;
  return [
    `<image ${place} preserveAspectRatio="none" aria-label="${escapeXml(cleanText(label))}" href="${url}"/>`,
    `<rect ${place} fill="none" stroke="#000000" stroke-opacity="0.25" stroke-width="0.75"/>`,
  ].join("\n");
}

/** A whole SVG document on white. */
export function svgDocument(width: number, height: number, label: string, elements: readonly string[]): string {
  const [w, h] = [Math.ceil(width), Math.ceil(height)];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}" role="img" aria-label="${escapeXml(cleanText(label))}">`,
    `<rect width="${w}" height="${h}" fill="#ffffff"/>`,
    ...elements.filter((element) => element !== ""),
    "</svg>",
    "",
  ].join("\n");
}
