/** @file What the rows of figures have in common: their words, their scale, and what is read to those who do not see them. */

import { FoveaError } from "../../foundation/error.js";
import { type ColorBar, type Colormap, colormap, defaultColormap, defaultDivergingColormap } from "../map/colormap.js";
import { drawLines, type Pen } from "./lines.js";
import { cleanText, type TextStyle } from "./text.js";

/** The words of an explained class, and the scale of its map. */
export interface FigureRow {
  /** The class's name. */
  readonly title: string;
  /** Beside the title, as it is to be read: "0.98", "score 12.3". Default none. */
  readonly score?: string;
  /** The method and the layer. Default none. */
  readonly detail?: string;
  /** The map has evidence for and against. Default false. */
  readonly signed?: boolean;
  /** What the two signs of a signed map mean, the upper first. Default "for" and "against". */
  readonly signs?: readonly [string, string];
  /** The raw value at the end of the colour scale, for rows that share one. Default the map's own peak. */
  readonly peak?: number;
  /** A sentence below the row, for a reader to read it rightly. Default none. */
  readonly note?: string;
}

/** The colours of maps in a figure. */
export interface ColourOptions {
  /** For maps with evidence for the class only. Default "inferno". */
  colormap?: string | Colormap;
  /** For signed maps. Default "rdbu_r". */
  divergingColormap?: string | Colormap;
  /** The unit of the numbers at the colour bar. Default "raw map value"; signed maps say "for" and "against". */
  scaleLabel?: string;
}

const styles = {
  row: { size: 16, weight: "semibold" },
  score: { size: 15, fill: "#444444" },
  detail: { size: 12, fill: "#666666" },
  note: { size: 13, fill: "#444444" },
} as const satisfies Record<string, TextStyle>;

/** Where words begin and end. */
export interface Across {
  readonly left: number;
  readonly right: number;
}

/**
 * The scale of a row. @param peak of the map, where the row names none
 * @throws FoveaError `bad-input` for a colour map of the wrong kind
 */
export function colorBarOf(row: FigureRow, peak: number, options: ColourOptions): ColorBar {
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
  return { colormap: choice, peak: row.peak ?? peak, labels };
}

/**
 * Title and score from the left, method and layer up to the right; what does not fit on one line goes to lines of its own.
 * @returns where the last line stands
 */
export function drawHeader(
  pen: Pen,
  { title, score = "", detail = "" }: FigureRow,
  y: number,
  { left, right }: Across,
): number {
  const { text, elements } = pen;
  const width = right - left;
  const after = (words: string, style: TextStyle) => (words === "" ? 0 : text.measure(words, style) + 12);
  const name = cleanText(title);
  if (text.measure(name, styles.row) + after(score, styles.score) + after(detail, styles.detail) <= width) {
    elements.push(
      text.draw(name, left, y, styles.row),
      text.draw(score, left + text.measure(name, styles.row) + 10, y, styles.score),
      text.draw(detail, right, y, { ...styles.detail, anchor: "end" }),
    );
    return y;
  }
  let end = drawLines(pen, title, styles.row, { x: left, y, width });
  if (score !== "") end = drawLines(pen, score, styles.score, { x: left, y: end + 20, width });
  return detail === "" ? end : drawLines(pen, detail, styles.detail, { x: left, y: end + 20, width });
}

/** Draws the note. @returns where it ends */
export function drawNote(pen: Pen, note: string, y: number, { left, right }: Across): number {
  const end = drawLines(pen, note, styles.note, { x: left + 12, y: y + 14, width: right - left - 12 }) + 5;
  pen.elements.push(`<path d="M${left + 1} ${y}V${end}" stroke="#e0a458" stroke-width="2"/>`);
  return end;
}

/** The words of all rows, as one sentence. */
export function labelOf({ title, rows }: { readonly title?: string; readonly rows: readonly FigureRow[] }): string {
  return [title, ...rows.map((row) => [row.title, row.score, row.detail, row.note].filter(Boolean).join(", "))]
    .filter(Boolean)
    .join("; ");
}
