/** @file Bars from the left, one below the other, as SVG. */

import { coordinate as n } from "../format.js";
import { type Html, html } from "../html.js";

const width = 400;
const [left, right] = [104, 340];
const rowHeight = 30;

export interface BarRow {
  readonly name: string;
  /** At least 0. */
  readonly value: number;
  /** The value in words. */
  readonly text: string;
}

/** A bar for each row, the longest as long as the chart is wide. */
export function barChart(rows: readonly BarRow[], description: string): Html {
  const most = Math.max(...rows.map(({ value }) => value), 1e-9);
  const bars = rows.map(({ name, value, text }, i) => {
    const [y, long] = [i * rowHeight, ((right - left) * value) / most];
    return html`<text class="end name" x="${left - 10}" y="${y + 19}">${name}</text><rect x="${left}" y="${y + 7}" width="${n(Math.max(1, long))}" height="16"/><text x="${n(left + Math.max(1, long) + 8)}" y="${y + 19}">${text}</text>`;
  });
  return html`<svg class="chart bars-across" viewBox="0 0 ${width} ${rows.length * rowHeight}" role="img" aria-label="${description}">${bars}</svg>`;
}
