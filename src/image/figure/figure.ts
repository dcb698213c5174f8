/** @file The figure of an explanation: for each class the picture, its heat map, the two together, and the scale. */

import { FoveaError } from "../../foundation/error.js";
import { type ColorBar, colorBarWidth, drawColorBar } from "../map/color-bar.js";
import { type Colormap, colormap, defaultColormap, defaultDivergingColormap } from "../map/colormap.js";
import { type FloatMap, mapPeak, normalizeMap } from "../map/heatmap.js";
import { type Blend, colorizeMap, overlay } from "../map/overlay.js";
import type { Picture } from "../picture/picture.js";
import { resizeMap } from "../picture/resize.js";
import {
  type FigurePlatform,
  imageElement,
  type PanelOptions,
  panelSizeOf,
  samplePanel,
  svgDocument,
} from "./panel.js";
import { decimals, ellipsize, type TextStyle, wrapText } from "./text.js";

export type { FigurePlatform } from "./panel.js";

/** The explanation of one class. */
export interface ExplanationRow {
  /** The class's name. */
  readonly title: string;
  /** Beside the title, as it is to be read: "0.98", "score 12.3". Default none. */
  readonly score?: string;
  /** The method and the layer. Default none. */
  readonly detail?: string;
  /** The raw map of any resolution, covering the whole picture (see `placeMap` for a crop). */
  readonly map: FloatMap;
  /** The map has evidence for and against. Default false. */
  readonly signed?: boolean;
  /** What the two signs of a signed map mean, the upper first. Default "for" and "against". */
  readonly signs?: readonly [string, string];
  /** The raw value at the end of the colour scale, for rows that share one. Default the map's own peak. */
  readonly peak?: number;
  /** A sentence below the row, for a reader to read it rightly. Default none. */
  readonly note?: string;
}

/** A picture with the rows of its explanations. */
export interface ExplanationFigure {
  readonly picture: Picture;
  readonly rows: readonly ExplanationRow[];
  /** Default none. */
  readonly title?: string;
  /** Below the title. Default none. */
  readonly subtitle?: string;
}

export interface ExplanationFigureOptions extends PanelOptions {
  /** For maps with evidence for the class only. Default "inferno". */
  colormap?: string | Colormap;
  /** For signed maps. Default "rdbu_r". */
  divergingColormap?: string | Colormap;
  /** How the overlay is mixed (see `OverlayOptions`). Default "evidence". */
  blend?: Blend;
  /** How opaque the overlay is (see `OverlayOptions`). */
  opacity?: number;
  /** The unit of the numbers at the colour bar. Default "raw map value"; signed maps say "for" and "against". */
  scaleLabel?: string;
}

const margin = 32;
const gap = 16;
const columns = ["Original", "Heat map", "Overlay"];
const styles = {
  title: { size: 20, weight: "semibold" },
  subtitle: { size: 13, fill: "#666666" },
  column: { size: 12, fill: "#666666" },
  row: { size: 16, weight: "semibold" },
  score: { size: 15, fill: "#444444" },
  detail: { size: 12, fill: "#666666" },
  note: { size: 13, fill: "#444444" },
} as const satisfies Record<string, TextStyle>;

/**
 * Draws the explanations of one picture as an SVG document. Every row keeps its own scale unless it names a `peak`, and its
 * colour bar says so in numbers. A map of zeros is drawn as zeros.
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
  const size = panelSizeOf(figure.picture, options);
  const column = Math.max(size.width, 120);
  const panelsWidth = columns.length * column + (columns.length - 1) * gap;
  const barAt = margin + panelsWidth - (column - size.width) + 20;
  const rows = figure.rows.map((row) => ({ row, bar: colorBarOf(row, options) }));
  const widestBar = Math.max(...rows.map(({ bar }) => colorBarWidth(bar, platform)));
  const width = Math.max(barAt + widestBar, margin + panelsWidth) + margin;
  const right = margin + panelsWidth - (column - size.width);
  const elements: string[] = [];
  let y = margin;

  function line(content: string, style: TextStyle, height: number): void {
    y += height;
    elements.push(text.draw(ellipsize(content, width - 2 * margin, style, text), margin, y, style));
  }

  if (figure.title) line(figure.title, styles.title, 16);
  if (figure.subtitle) line(figure.subtitle, styles.subtitle, figure.title ? 22 : 10);
  if (figure.title || figure.subtitle) y += 24;
  y += 9;
  columns.forEach((name, i) => elements.push(text.draw(name, margin + i * (column + gap), y, styles.column)));
  y += 10;
  elements.push(`<path d="M${margin} ${y}H${decimals(width - margin)}" stroke="#d4d4d4"/>`);

  const samples = samplePanel(figure.picture, size);
  const original = await platform.encode(samples, size.zoom > 0 ? "exact" : "photo");
  for (const [i, { row, bar }] of rows.entries()) {
    y += i === 0 ? 30 : 40;
    elements.push(...drawHeader(row, y, right, platform));
    y += 14;
    const normalized = normalizeMap(row.map, { signed: row.signed ?? false, peak: bar.peak });
    const map = resizeMap(normalized, size.samplesAcross, size.samplesDown);
    const blended = overlay(samples, map, { ...options, colormap: bar.colormap });
    const urls = [
      original,
      await platform.encode(colorizeMap(map, bar.colormap), "exact"),
      await platform.encode(blended, size.zoom > 0 ? "exact" : "photo"),
    ];
    for (const [k, url] of urls.entries()) {
      const box = { x: margin + k * (column + gap), y, width: size.width, height: size.height };
      elements.push(imageElement(url, `${columns[k]}: ${row.title}`, box));
    }
    const barHeight = Math.max(size.height, 96);
    elements.push(await drawColorBar(bar, barAt, y, barHeight, platform));
    y += barHeight;
    if (row.note) y = drawNote(row.note, y + 14, right, platform, elements);
  }
  return svgDocument(width, y + margin, labelOf(figure), elements);
}

function colorBarOf(row: ExplanationRow, options: ExplanationFigureOptions): ColorBar {
  const { signed = false } = row;
  const choice = signed
    ? (options.divergingColormap ?? defaultDivergingColormap)
    : (options.colormap ?? defaultColormap);
  const { kind, name } = colormap(choice);
  const expected = signed ? "diverging" : "sequential";
  if (kind !== expected) {
    throw new FoveaError(
      "bad-input",
      `explanation figure: colour map of "${row.title}": expected a ${expected} one, got "${name}"`,
    );
  }
  const labels = signed ? (row.signs ?? ["for", "against"]) : [options.scaleLabel ?? "raw map value"];
  return { colormap: choice, peak: row.peak ?? mapPeak(row.map, { signed }), labels };
}

/** Title and score from the left, method and layer up to `right`; the title gives way first. */
function drawHeader(row: ExplanationRow, y: number, right: number, { text }: FigurePlatform): string[] {
  const space = right - margin;
  const detail = ellipsize(row.detail ?? "", space * 0.45, styles.detail, text);
  const score = ellipsize(row.score ?? "", space * 0.3, styles.score, text);
  const widths = [text.measure(detail, styles.detail), text.measure(score, styles.score)].map((width) =>
    width > 0 ? width + 14 : 0,
  );
  const title = ellipsize(row.title, space - widths.reduce((sum, width) => sum + width, 0), styles.row, text);
  return [
    text.draw(title, margin, y, styles.row),
    text.draw(score, margin + text.measure(title, styles.row) + 10, y, styles.score),
    text.draw(detail, right, y, { ...styles.detail, anchor: "end" }),
  ];
}

/** Draws the note and returns where it ends. */
function drawNote(note: string, y: number, right: number, { text }: FigurePlatform, elements: string[]): number {
  const lines = wrapText(note, right - margin - 12, styles.note, text);
  const end = y + lines.length * 19;
  elements.push(`<path d="M${margin + 1} ${y}V${end}" stroke="#e0a458" stroke-width="2"/>`);
  lines.forEach((line, i) => elements.push(text.draw(line, margin + 12, y + 14 + 19 * i, styles.note)));
  return end;
}

function labelOf({ title, rows }: ExplanationFigure): string {
  return [title, ...rows.map((row) => [row.title, row.score, row.detail, row.note].filter(Boolean).join(", "))]
    .filter(Boolean)
    .join("; ");
}
