/** @file Lines of text under each other, as many as the words take, and the titles that figures begin with. */

import { type TextRenderer, type TextStyle, wrapText } from "./text.js";

/** A drawing while its elements are gathered. */
export interface Pen {
  readonly text: TextRenderer;
  readonly elements: string[];
}

/** Where lines begin, and how wide they may be. */
export interface LinePlace {
  readonly x: number;
  /** Of the first line. */
  readonly y: number;
  readonly width: number;
}

/** @returns where the last line stands */
export function drawLines(
  { text, elements }: Pen,
  words: string,
  style: TextStyle,
  { x, y, width }: LinePlace,
): number {
  const height = Math.round(style.size * 1.35);
  const lines = wrapText(words, width, style, text);
  lines.forEach((line, i) => elements.push(text.draw(line, x, y + height * i, style)));
  return y + height * (lines.length - 1);
}

/** What stands above a figure. */
export interface Titles {
  readonly title?: string | undefined;
  readonly subtitle?: string | undefined;
}

/** Look of what stands below a title. */
export const subtitleStyle = { size: 13, fill: "#666666" } as const satisfies TextStyle;
const titleStyle = { size: 20, weight: "semibold" } as const satisfies TextStyle;

/** @returns where the figure itself begins */
export function drawTitles(pen: Pen, { title, subtitle }: Titles, { x, y, width }: LinePlace): number {
  let end = y;
  if (title) end = drawLines(pen, title, titleStyle, { x, y: end + 16, width });
  if (subtitle) end = drawLines(pen, subtitle, subtitleStyle, { x, y: end + (title ? 22 : 10), width });
  return title || subtitle ? end + 22 : end;
}
