/** @file A contact sheet: many pictures with captions on one page, with their heat maps laid over them where they have one. */

import { FoveaError } from "../../foundation/error.js";
import { present } from "../../foundation/present.js";
import { defaultDivergingColormap } from "../map/colormap.js";
import { type FloatMap, normalizeMap } from "../map/heatmap.js";
import { type OverlayOptions, overlay } from "../map/overlay.js";
import type { Picture } from "../picture/picture.js";
import { resizeMap } from "../picture/resize.js";
import { type BoxMark, boxMarks } from "./box-marks.js";
import { drawLines, drawTitles, type Pen, subtitleStyle } from "./lines.js";
import type { MaskMark } from "./mask-marks.js";
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
import type { TextStyle } from "./text.js";

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

/** Cells under a heading of their own. */
export interface SheetGroup {
  readonly title: string;
  /** Behind the title, fainter. Default none. */
  readonly detail?: string;
  readonly cells: readonly SheetCell[];
}

export interface ContactSheet {
  readonly cells: readonly SheetCell[];
  /** Further cells, each group in rows of its own. Default none. */
  readonly groups?: readonly SheetGroup[];
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
  heading: { size: 15, weight: "semibold" },
  caption: { size: 13, weight: "semibold" },
  detail: { size: 12, fill: "#666666" },
} as const satisfies Record<string, TextStyle>;

/** Samples of all photos on a sheet: as a PNG file of 256 colours they take half a megabyte. */
const photoSamples = 600_000;

/**
 * Draws the cells in rows as an SVG document. `panelSize` is 140 where it is not given.
 * @throws FoveaError `bad-input` when there is no cell or `columns` is no positive integer
 */
export async function contactSheet(
  sheet: ContactSheet,
  platform: FigurePlatform,
  options: ContactSheetOptions = {},
): Promise<string> {
  const groups = groupsOf(sheet);
  const cells = groups.flatMap((group) => group.cells);
  if (cells.length === 0) throw new FoveaError("bad-input", "contact sheet: cells: expected at least one, got none");
  const { columns = Math.min(8, Math.ceil(Math.sqrt(cells.length))), panelSize = 140 } = options;
  if (!Number.isInteger(columns) || columns < 1) {
    throw new FoveaError("bad-input", `contact sheet: columns: expected a positive integer, got ${columns}`);
  }
  const most = photoSamples / cells.length;
  const sizes = new Map(cells.map((cell) => [cell, panelSizeOf(cell.picture, { ...options, panelSize }, most)]));
  const cellWidth = Math.max(100, ...[...sizes.values()].map(({ width }) => width));
  const across = Math.max(...groups.map((group) => Math.min(columns, group.cells.length)));
  const width = Math.max(leastWidth, 2 * margin + across * (cellWidth + gap) - gap);
  const { text } = platform;
  const pen: SheetPen = { text, platform, options, sizes, cellWidth, elements: [], y: margin };
  pen.y = drawTitles(pen, sheet, { x: margin, y: margin, width: width - 2 * margin });
  for (const { title, detail, cells: those } of groups) {
    if (title) drawHeading(pen, title, detail);
    for (let first = 0; first < those.length; first += columns) await drawRow(pen, those.slice(first, first + columns));
  }
  const label = sheet.title ?? `${cells.length} pictures`;
  const height = pen.y - gap + margin + 4;
  return svgDocument({ width, height, label, elements: pen.elements, scale: wholeScale([...sizes.values()]) }, text);
}

/** Narrower sheets would break their title into many lines. */
const leastWidth = 360;

/** A sheet while it is drawn. */
interface SheetPen extends Pen {
  readonly platform: FigurePlatform;
  readonly options: OverlayOptions;
  readonly sizes: ReadonlyMap<SheetCell, PanelSize>;
  readonly cellWidth: number;
  /** Where the next row begins. */
  y: number;
}

function groupsOf({ cells, groups = [] }: ContactSheet): (Partial<SheetGroup> & Pick<SheetGroup, "cells">)[] {
  return [{ cells }, ...groups].filter((group) => group.cells.length > 0);
}

function drawHeading(pen: SheetPen, title: string, detail = ""): void {
  const { text } = pen;
  const y = pen.y + 18;
  pen.elements.push(
    text.draw(title, margin, y, styles.heading),
    text.draw(detail, margin + text.measure(title, styles.heading) + 10, y, subtitleStyle),
  );
  pen.y = y + 14;
}

async function drawRow(pen: SheetPen, row: readonly SheetCell[]): Promise<void> {
  const { platform, options, sizes, cellWidth, elements, y } = pen;
  const height = Math.max(...row.map((cell) => sizes.get(cell)?.height ?? 0));
  let end = y + height;
  for (const [i, cell] of row.entries()) {
    const size = present(sizes.get(cell), "size of a cell");
    const x = margin + i * (cellWidth + gap);
    const url = await platform.encode(await paintCell(cell, size, options), size.zoom > 0 ? "exact" : "photo");
    const box = { x, y: y + height - size.height, width: size.width, height: size.height };
    elements.push(
      imageElement(url, cell.caption, box),
      ...boxMarks(cell.boxes ?? [], box, cell.picture, platform.text),
    );
    let below = drawLines(pen, cell.caption, styles.caption, { x, y: y + height + 19, width: cellWidth });
    if (cell.detail) below = drawLines(pen, cell.detail, styles.detail, { x, y: below + 17, width: cellWidth });
    end = Math.max(end, below + 5);
  }
  pen.y = end + gap;
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
