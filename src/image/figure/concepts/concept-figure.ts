/** @file The figure of a network's concepts: one image with the regions of several, and of each its best examples. */

import type { Box } from "../../picture/resize.js";
import { colourOfBox } from "../box-marks.js";
import { drawLines, drawTitles, type Pen } from "../lines.js";
import { type FigurePlatform, imageElement, panelSizeOf, svgDocument } from "../panel.js";
import { decimals, type TextStyle } from "../text.js";
import { aroundPeak } from "./around-peak.js";
import type { ConceptPicture } from "./concept-picture.js";
import { markConcepts } from "./mark-concepts.js";

/** A row of the figure. */
export interface ConceptRow {
  /** From 1: its colour. */
  readonly number: number;
  /** 0 to 1: the length of its bar. */
  readonly importance: number;
  /** Under its name, e.g. `importance 0.93`. */
  readonly lines: readonly string[];
  /** Pictures with this concept alone. */
  readonly examples: readonly ConceptPicture[];
}

export interface ConceptFigure {
  readonly title: string;
  readonly detail: string;
  /** What is to be kept in mind, below the rows. */
  readonly note: string;
  readonly whole: ConceptPicture;
  readonly rows: readonly ConceptRow[];
}

const margin = 32;
const gap = 12;
const [side, words, most] = [116, 250, 5];
const styles = {
  column: { size: 12, fill: "#666666" },
  name: { size: 15, weight: "semibold" },
  line: { size: 12.5, fill: "#444444" },
  number: { size: 12, weight: "semibold", fill: "#ffffff" },
} as const satisfies Record<string, TextStyle>;

/** Draws the concepts as an SVG document. */
export async function conceptFigure(figure: ConceptFigure, platform: FigurePlatform): Promise<string> {
  const { title, detail, note, whole, rows } = figure;
  const pen: Pen = { text: platform.text, elements: [] };
  const inner = words + gap + most * (side + gap) - gap;
  let y = drawTitles(pen, { title, subtitle: detail }, { x: margin, y: margin, width: inner }) + 8;
  y = await drawWhole(pen, whole, y, platform);
  for (const row of rows) {
    drawName(pen, row, y);
    const shown = row.examples.slice(0, most);
    for (const [i, example] of shown.entries()) {
      const place = { x: margin + words + gap + i * (side + gap), y, width: side, height: side };
      await drawPicture(pen, aroundPeak(example), place, {
        platform,
        label: `Concept ${row.number}, example ${i + 1}`,
      });
    }
    y += side + 22;
  }
  y = drawLines(pen, note, styles.line, { x: margin, y: y + 6, width: inner });
  const label = `${title}; ${detail}`;
  return svgDocument({ width: inner + 2 * margin, height: y + margin, label, elements: pen.elements }, platform.text);
}

/** The picture alone, and with the regions of all its concepts. @returns where the rows begin */
async function drawWhole(pen: Pen, whole: ConceptPicture, y: number, platform: FigurePlatform): Promise<number> {
  const size = panelSizeOf(whole.picture, { panelSize: 300 });
  const columns = [
    ["Image", { ...whole, maps: [] }],
    ["Its concepts", whole],
  ] as const;
  for (const [i, [label, picture]] of columns.entries()) {
    const x = margin + i * (size.width + 2 * gap);
    pen.elements.push(pen.text.draw(label, x, y, styles.column));
    await drawPicture(pen, picture, { x, y: y + 10, width: size.width, height: size.height }, { platform, label });
  }
  return y + size.height + 44;
}

function drawName({ text, elements }: Pen, { number, importance, lines }: ConceptRow, y: number): void {
  const colour = colourOfBox(number);
  const digits = String(number);
  elements.push(`<circle cx="${margin + 11}" cy="${y + 11}" r="11" fill="${colour}"/>`);
  elements.push(text.draw(digits, margin + 11 - text.measure(digits, styles.number) / 2, y + 15, styles.number));
  elements.push(text.draw(`Concept ${number}`, margin + 32, y + 16, styles.name));
  const length = words - 24;
  const bar = (width: number, fill: string) =>
    `<rect x="${margin}" y="${y + 31}" width="${decimals(width)}" height="5" rx="2.5" fill="${fill}"/>`;
  elements.push(bar(length, "#e6e6e6"), bar(Math.max(5, length * Math.min(1, importance)), colour));
  let line = y + 54;
  for (const each of lines)
    line = drawLines({ text, elements }, each, styles.line, { x: margin, y: line, width: length }) + 18;
}

interface PictureDrawing {
  readonly platform: FigurePlatform;
  readonly label: string;
}

async function drawPicture(pen: Pen, shown: ConceptPicture, place: Box, { platform, label }: PictureDrawing) {
  const size = panelSizeOf(shown.picture, { panelSize: Math.max(place.width, place.height) });
  const url = await platform.encode(markConcepts(shown, size), size.zoom > 0 ? "exact" : "photo");
  pen.elements.push(imageElement(url, label, place));
}
