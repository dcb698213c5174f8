/** @file One picture in a figure: its size on the page, its samples, and its SVG element. */

import type { Picture } from "../picture/picture.js";
import { type Box, enlargePixels, resizePicture } from "../picture/resize.js";
import { drawMark } from "./mark.js";
import { cleanText, decimals, escapeXml, type TextRenderer, type TextStyle } from "./text.js";

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

/**
 * How large a picture is shown. The shape is kept; small pictures grow by a whole number.
 * @param most samples of a photo that are embedded. Default as many as `pixelRatio` asks for
 */
export function panelSizeOf(
  { width, height }: Picture,
  { panelSize, pixelRatio = 2 }: PanelOptions,
  most = Number.POSITIVE_INFINITY,
): PanelSize {
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
  const samples = Math.min(1, factor * pixelRatio, Math.sqrt(most / (width * height)));
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
 * The scale at which each sample of these panels is a whole number of the file's pixels; undefined where they are no photos, or
 * of several densities. Nothing is then made up between samples, and the file is a fifth as large as with smoothed ones, which do
 * not compress.
 */
export function wholeScale(panels: readonly PanelSize[]): number | undefined {
  const densities = panels.map(({ width, samplesAcross, zoom }) => (zoom > 0 ? 2 : samplesAcross / width));
  const [density = 2] = densities;
  if (density >= 2 || densities.some((each) => Math.abs(each - density) > 0.01)) return undefined;
  const whole = Math.max(1, Math.floor(2 / density));
  return density * (density * whole < leastScale ? whole + 1 : whole);
}

/** How a drawing asks to be turned into pixels, by itself. */
export function rasterOfDrawing(svg: string): Raster {
  const scale = /^<svg [^>]*data-scale="([\d.]+)"/.exec(svg)?.[1];
  return scale === undefined ? { scale: 2, pixelated: false } : { scale: Number(scale), pixelated: true };
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

/** A drawing as it is put together. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  /** For those who do not see it. */
  readonly label: string;
  readonly elements: readonly string[];
  /** See `wholeScale`. */
  readonly scale?: number | undefined;
}

const signature: TextStyle = { size: 11, weight: "semibold", fill: "#767676" };

/** A whole SVG document on white, with the mark in its lower right corner. */
export function svgDocument({ width, height, label, elements, scale }: Drawing, text: TextRenderer): string {
  const [w, h] = [Math.ceil(width), Math.ceil(height)];
  const raster = scale === undefined ? "" : ` data-scale="${Number(scale.toFixed(6))}"`;
  const left = w - 16 - text.measure("Fovea", signature);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}"${raster} role="img" aria-label="${escapeXml(cleanText(label))}">`,
    text.style === undefined ? "" : `<style>${text.style}</style>`,
    `<rect width="${w}" height="${h}" fill="#ffffff"/>`,
    ...elements,
    drawMark({ x: left - 17, y: h - 23, size: 13, ring: "#4a4a4a" }),
    text.draw("Fovea", left, h - 12.5, signature),
    "</svg>",
    "",
  ]
    .filter((element, i, all) => element !== "" || i === all.length - 1)
    .join("\n");
}
