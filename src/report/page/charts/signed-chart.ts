/** @file Changes to either side of zero with their intervals, one below the other, as SVG. */

import { scaleLinear } from "d3-scale";
import type { Proportion } from "../../../evaluate/statistics/proportion.js";
import { coordinate as n, significant } from "../format.js";
import { type Html, html } from "../html.js";

const width = 400;
const [left, right] = [8, 392];
const rowHeight = 44;

export interface SignedRow {
  readonly name: string;
  readonly value: Proportion;
  /** The value in words. */
  readonly text: string;
}

export interface SignedChartOptions {
  /** Describes the chart in a sentence, for those who can't see it. */
  readonly description: string;
  /** Ends of the axis, with 0 between them, so that charts can share them; intervals end there. */
  readonly domain: readonly [number, number];
  /** What is below and above zero. */
  readonly sides: readonly [below: string, above: string];
}

/** A bar from zero for each row, with a line over its 95 % interval. */
export function signedChart(rows: readonly SignedRow[], { description, domain, sides }: SignedChartOptions): Html {
  const scale = scaleLinear([...domain], [left, right]).clamp(true);
  const zero = n(scale(0));
  const bottom = rows.length * rowHeight + 4;
  const ticks = scale.ticks(5);
  const bars = rows.map(({ name, value, text }, i) => {
    const y = i * rowHeight;
    const [low, at, high] = [value.low, value.value, value.high].map((each) => n(scale(each)));
    const [from = 0, to = 0] = [Math.min(zero, at ?? zero), Math.max(zero, at ?? zero)];
    const interval = value.low < value.high && html`<path d="M${low} ${y + 25}H${high}"/>`;
    return html`<g class="signed ${value.value < 0 ? "below-zero" : "above-zero"}"><text class="name" x="${left}" y="${y + 14}">${name}</text><text class="end" x="${right}" y="${y + 14}">${text}</text><rect x="${from}" y="${y + 20}" width="${n(Math.max(1, to - from))}" height="10"/>${interval}</g>`;
  });
  return html`<svg class="chart" viewBox="0 0 ${width} ${bottom + 36}" role="img" aria-label="${description}">
<g class="grid">${ticks.map((tick) => html`<path d="M${n(scale(tick))} 20V${bottom}"/>`)}</g>
${bars}
<g class="axis"><path d="M${zero} 20V${bottom}"/></g>
<g class="tick middle">${ticks.map((tick) => html`<text x="${n(scale(tick))}" y="${bottom + 13}">${significant(tick)}</text>`)}</g>
<g class="axis-name">${domain[0] < 0 && html`<text class="end" x="${n(zero - 8)}" y="${bottom + 31}">${sides[0]}</text>`}<text x="${n(zero + 8)}" y="${bottom + 31}">${sides[1]}</text></g>
</svg>`;
}
