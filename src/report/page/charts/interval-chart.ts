/** @file Accuracies with their intervals on one axis, as SVG. */

import { scaleLinear } from "d3-scale";
import type { Proportion } from "../../../evaluate/statistics/proportion.js";
import { coordinate as n, percentage } from "../format.js";
import { type Html, html } from "../html.js";

const width = 400;
const [left, right] = [22, 378];
const rowHeight = 44;

/** A row for each entry: its name, a dot at the value, a line over its 95 % interval. Rows have the classes `line-0` to `line-3`, in turn. */
export function intervalChart(
  rows: readonly { readonly name: string; readonly value: Proportion }[],
  description: string,
): Html {
  const ends = rows.flatMap(({ value }) => [value.low, value.high]);
  const scale = scaleLinear([Math.min(...ends), Math.max(...ends)], [0, 1]).nice(4);
  const toX = scale.copy().range([left, right]);
  const ticks = scale.ticks(4);
  const step = (ticks[1] ?? 1) - (ticks[0] ?? 0);
  const digits = Math.max(0, Math.min(3, -Math.floor(Math.log10(step * 100) + 1e-9)));
  const bottom = rows.length * rowHeight + 6;

  const bars = rows.map(({ name, value }, i) => {
    const y = i * rowHeight + 32;
    const [low, at, high] = [toX(value.low), toX(value.value), toX(value.high)].map(n);
    return html`<g class="interval line-${i % 4}"><text x="${left}" y="${y - 14}">${name}</text><path d="M${low} ${y}H${high}"/><circle cx="${at}" cy="${y}" r="5"/></g>`;
  });
  return html`<svg class="chart" viewBox="0 0 ${width} ${bottom + 22}" role="img" aria-label="${description}">
<g class="grid">${ticks.map((tick) => html`<path d="M${n(toX(tick))} 4V${bottom}"/>`)}</g>
<g class="tick middle">${ticks.map((tick) => html`<text x="${n(toX(tick))}" y="${bottom + 16}">${percentage(tick, digits)}</text>`)}</g>
${bars}
</svg>`;
}
