/** @file A contact sheet: many pictures with captions on one page, with their heat maps laid over them where they have one. */

import { FoveaError } from "../../foundation/error.js";
import { defaultDivergingColormap } from "../map/colormap.js";
import { type FloatMap, normalizeMap } from "../map/heatmap.js";
import { type OverlayOptions, overlay } from "../map/overlay.js";
import type { Picture } from "../picture/picture.js";
import { resizeMap } from "../picture/resize.js";
import { type BoxMark, boxMarks } from "./box-marks.js";
import type { MaskMark } from "./mask-marks.js";
import {
  type FigurePlatform,
  imageElement,
  type PanelOptions,
  type PanelSize,
  panelSizeOf,
  samplePanel,
  svgDocument,
} from "./panel.js";
import { ellipsize, type TextStyle } from "./text.js";

export interface SheetCell {
  readonly picture: Picture;
  readonly caption: string;
  /** A second, fainter line. Default none. */
  readonly detail?: string;
  /** A raw map to lay over the picture. Default none. */
  readonly map?: FloatMap;
  /** The raw value at the end of the colour scale. Default the map's own peak. */
  readonly peak?: number;
  /** The map has evidence for and against, and is shown in the colours for that. Default false: values below zero count as zero. */
  readonly signed?: boolean;
  /** Shapes on the picture, over its map. Default none. */
  readonly masks?: readonly MaskMark[];
  /** Boxes on the picture. Default none. */
  readonly boxes?: readonly BoxMark[];
}

export interface ContactSheet {
  readonly cells: readonly SheetCell[];
  /** Default none. */
  readonly title?: string;
  /** Below the title. Default none. */
  readonly subtitle?: string;
}

export interface ContactSheetOptions extends PanelOptions, OverlayOptions {
  /** Cells in a row. Default as many as make the sheet about square, at most 8. */
  columns?: number;
}

const margin = 32;
const gap = 20;
const styles = {
  title: { size: 20, weight: "semibold" },
  subtitle: { size: 13, fill: "#666666" },
  caption: { size: 13, weight: "semibold" },
  detail: { size: 12, fill: "#666666" },
} as const satisfies Record<string, TextStyle>;

/**
 * Draws the cells in rows as an SVG document. `panelSize` is 140 where it is not given.
 * @throws FoveaError `bad-input` when there is no cell or `columns` is no positive integer
 */
export async function contactSheet(
  sheet: ContactSheet,
  platform: FigurePlatform,
  options: ContactSheetOptions = {},
): Promise<string> {
  const { cells } = sheet;
  if (cells.length === 0) throw new FoveaError("bad-input", "contact sheet: cells: expected at least one, got none");
  const { columns = Math.min(8, Math.ceil(Math.sqrt(cells.length))), panelSize = 140 } = options;
  if (!Number.isInteger(columns) || columns < 1) {
    throw new FoveaError("bad-input", `contact sheet: columns: expected a positive integer, got ${columns}`);
  }
  const { text } = platform;
  const panels = cells.map((cell) => ({ cell, size: panelSizeOf(cell.picture, { ...options, panelSize }) }));
  const cellWidth = Math.max(100, ...panels.map(({ size }) => size.width));
  const width = 2 * margin + Math.min(columns, cells.length) * (cellWidth + gap) - gap;
  const elements: string[] = [];
  let y = margin;

  function line(content: string, style: TextStyle, height: number): void {
    y += height;
    elements.push(text.draw(ellipsize(content, width - 2 * margin, style, text), margin, y, style));
  }

  if (sheet.title) line(sheet.title, styles.title, 16);
  if (sheet.subtitle) line(sheet.subtitle, styles.subtitle, sheet.title ? 22 : 10);
  if (sheet.title || sheet.subtitle) y += 22;
  for (let first = 0; first < cells.length; first += columns) {
    const row = panels.slice(first, first + columns);
    const height = Math.max(...row.map(({ size }) => size.height));
    for (const [i, { cell, size }] of row.entries()) {
      const x = margin + i * (cellWidth + gap);
      const url = await platform.encode(await paintCell(cell, size, options), size.zoom > 0 ? "exact" : "photo");
      const box = { x, y: y + height - size.height, width: size.width, height: size.height };
      elements.push(imageElement(url, cell.caption, box), ...boxMarks(cell.boxes ?? [], box, cell.picture, text));
      elements.push(
        text.draw(ellipsize(cell.caption, cellWidth, styles.caption, text), x, y + height + 19, styles.caption),
      );
      if (cell.detail)
        elements.push(
          text.draw(ellipsize(cell.detail, cellWidth, styles.detail, text), x, y + height + 36, styles.detail),
        );
    }
    y += height + (row.some(({ cell }) => cell.detail) ? 40 : 23) + gap;
  }
  return svgDocument(width, y - gap + margin - 4, sheet.title ?? `${cells.length} pictures`, elements);
}

/** The cell's picture with its map and its masks over it. */
async function paintCell(cell: SheetCell, size: PanelSize, options: OverlayOptions): Promise<Picture> {
  const { picture, masks } = cell;
  const samples = paintMap(cell, samplePanel(picture, size), options);
  return masks?.length ? (await import("./mask-marks.js")).markMasks(samples, masks, picture) : samples;
}

function paintMap({ map, peak, signed = false }: SheetCell, samples: Picture, options: OverlayOptions): Picture {
  if (map === undefined) return samples;
  const normalized = normalizeMap(map, { signed, ...(peak === undefined ? {} : { peak }) });
  const colours = signed ? { ...options, colormap: defaultDivergingColormap } : options;
  return overlay(samples, resizeMap(normalized, samples.width, samples.height), colours);
}
