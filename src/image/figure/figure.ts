/** @file The figure of an explanation: for each class the picture, its heat map, the two together, and the scale. */

import { FoveaError } from "../../foundation/error.js";
import { colorBarWidth, drawColorBar } from "../map/color-bar.js";
import type { ColorBar } from "../map/colormap.js";
import { type FloatMap, mapPeak, normalizeMap } from "../map/heatmap.js";
import { type Blend, colorizeMap, overlay } from "../map/overlay.js";
import type { Picture } from "../picture/picture.js";
import { type Box, resizeMap } from "../picture/resize.js";
import { drawTitles } from "./lines.js";
import { type Contours, contourElements, frameElement } from "./outlines.js";
import {
  type FigurePlatform,
  imageElement,
  type PanelOptions,
  type PanelSize,
  panelSizeOf,
  samplePanel,
  svgDocument,
  wholeScale,
} from "./panel.js";
import { type ColourOptions, colorBarOf, drawHeader, drawNote, type FigureRow, labelOf } from "./row-parts.js";
import { decimals, type TextStyle } from "./text.js";

export type { FigurePlatform } from "./panel.js";

/** The explanation of one class. */
export interface ExplanationRow extends FigureRow {
  /** The raw map of any resolution, covering the whole picture (see `placeMap` for a crop). */
  readonly map: FloatMap;
  /** Lines over the overlay. Default none. */
  readonly contours?: Contours;
}

/** A picture with the rows of its explanations. */
export interface ExplanationFigure {
  readonly picture: Picture;
  readonly rows: readonly ExplanationRow[];
  /** The part of the picture that the network saw, in its pixels; it gets a dashed frame. Default all of it. */
  readonly seen?: Box;
  /** Default none. */
  readonly title?: string;
  /** Below the title. Default none. */
  readonly subtitle?: string;
}

export interface ExplanationFigureOptions extends PanelOptions, ColourOptions {
  /** How the overlay is mixed (see `OverlayOptions`). Default "evidence". */
  blend?: Blend;
  /** How opaque the overlay is (see `OverlayOptions`). */
  opacity?: number;
}

const margin = 32;
const gap = 16;
const columns = ["Original", "Heat map", "Overlay"] as const;
const columnStyle: TextStyle = { size: 12, fill: "#666666" };

/** Samples of all photos in a figure, original and overlays: as a PNG file they take half a megabyte. */
const photoSamples = 130_000;

/**
 * Draws the explanations of one picture as an SVG document. The picture stands there once. Every row keeps its own scale unless it
 * names a `peak`, and its colour bar says so in numbers. A map of zeros is drawn as zeros.
 * @throws FoveaError `bad-input` when there is no row, a map has a value that is not finite, or a colour map is of the wrong kind
 */
export async function explanationFigure(
  figure: ExplanationFigure,
  platform: FigurePlatform,
  options: ExplanationFigureOptions = {},
): Promise<string> {
  if (figure.rows.length === 0)
    throw new FoveaError("bad-input", "explanation figure: rows: expected at least one, got none");
  const { text } = platform;
  const rows = figure.rows.map((row) => ({
    row,
    bar: colorBarOf(row, mapPeak(row.map, { signed: row.signed ?? false }), options),
  }));
  const layout = layOut(figure, rows, platform, options);
  const { size, column, width } = layout;
  const elements: string[] = [];
  const pen = { text, elements };
  let y = drawTitles(pen, figure, { x: margin, y: margin, width: width - 2 * margin }) + 9;
  columns.forEach((name, i) => elements.push(text.draw(name, margin + i * (column + gap), y, columnStyle)));
  y += 10;
  elements.push(`<path d="M${margin} ${y}H${decimals(width - margin)}" stroke="#d4d4d4"/>`);

  const samples = samplePanel(figure.picture, size);
  for (const [i, row] of rows.entries()) {
    y = drawHeader(pen, row.row, y + (i === 0 ? 30 : 40), layout) + 14;
    const box = { x: margin, y, width: size.width, height: size.height };
    // Encoded while the row is computed.
    const [url, drawn] = await Promise.all([
      i === 0 ? platform.encode(samples, size.zoom > 0 ? "exact" : "photo") : undefined,
      drawRow(figure, { ...row, samples, y }, layout, platform, options),
    ]);
    if (url !== undefined) elements.push(imageElement(url, columns[0], box), frameOf(figure, box));
    elements.push(...drawn);
    y += Math.max(size.height, 96);
    if (row.row.note) y = drawNote(pen, row.row.note, y + 14, layout);
  }
  return svgDocument(
    { width, height: y + margin, label: labelOf(figure), elements, scale: wholeScale([size]) },
    platform.text,
  );
}

/** A row with the scale of its colours. */
interface ScaledRow {
  readonly row: ExplanationRow;
  readonly bar: ColorBar;
}

/** Where things stand across the page. */
interface Layout {
  readonly size: PanelSize;
  /** Width of a column. */
  readonly column: number;
  /** Where the words of a row begin and end. */
  readonly left: number;
  readonly right: number;
  readonly barAt: number;
  readonly width: number;
}

function layOut(
  { picture, rows: { length: count } }: ExplanationFigure,
  rows: readonly ScaledRow[],
  platform: FigurePlatform,
  options: PanelOptions,
): Layout {
  const size = panelSizeOf(picture, options, photoSamples / (count + 1));
  const column = Math.max(size.width, 120);
  const panelsWidth = columns.length * column + (columns.length - 1) * gap;
  const right = margin + panelsWidth - (column - size.width);
  const barAt = right + 20;
  const widestBar = Math.max(...rows.map(({ bar }) => colorBarWidth(bar, platform)));
  const width = Math.max(barAt + widestBar, margin + panelsWidth) + margin;
  // Of several rows each has its words above its own two pictures.
  return { size, column, left: count === 1 ? margin : margin + column + gap, right, barAt, width };
}

function frameOf({ picture, seen }: ExplanationFigure, box: Box): string {
  return seen ? frameElement(seen, picture, box) : "";
}

/** Heat map, overlay and colour bar of a row. */
async function drawRow(
  figure: ExplanationFigure,
  { row, bar, samples, y }: ScaledRow & { readonly samples: Picture; readonly y: number },
  { size, column, barAt }: Layout,
  platform: FigurePlatform,
  options: ExplanationFigureOptions,
): Promise<string[]> {
  const normalized = normalizeMap(row.map, { signed: row.signed ?? false, peak: bar.peak });
  const map = resizeMap(normalized, size.samplesAcross, size.samplesDown);
  const blended = overlay(samples, map, { ...options, colormap: bar.colormap });
  const box = (k: number) => ({ x: margin + k * (column + gap), y, width: size.width, height: size.height });
  const label = (k: number) => `${columns[k]}: ${row.title}`;
  const [heat, laid, scale] = await Promise.all([
    platform.encode(colorizeMap(map, bar.colormap), "exact"),
    platform.encode(blended, size.zoom > 0 ? "exact" : "photo"),
    drawColorBar(bar, barAt, y, Math.max(size.height, 96), platform),
  ]);
  return [
    imageElement(heat, label(1), box(1)),
    imageElement(laid, label(2), box(2)),
    ...(row.contours ? contourElements(row.contours, box(2)) : []),
    frameOf(figure, box(2)),
    scale,
  ];
}
