/** @file The reliability diagram: confidence against accuracy, as SVG. */

import type { ReliabilityBin } from "../../../evaluate/classifier/calibration.js";
import { proportion } from "../../../evaluate/statistics/proportion.js";
import { count } from "../../../foundation/words.js";
import { coordinate as n, percentage } from "../format.js";
import { type Html, html } from "../html.js";

const [width, height] = [400, 330];
const plot = { left: 50, right: 385, top: 26, bottom: 236 };
const histogram = { top: 254, bottom: 294 };

/**
 * For each bin that holds images, a dot at its mean confidence and accuracy, with the accuracy's 95 % interval; the diagonal is where
 * confidence means what it says. The strip underneath counts the images of each bin, on a square-root scale.
 */
export function reliabilityChart(bins: readonly ReliabilityBin[], description: string): Html {
  const toX = (share: number) => plot.left + share * (plot.right - plot.left);
  const toY = (share: number) => plot.bottom - share * (plot.bottom - plot.top);
  const most = Math.max(1, ...bins.map((bin) => bin.count));
  const ticks = [0, 0.25, 0.5, 0.75, 1];
  const filled = bins.filter((bin) => bin.count > 0);

  const dots = filled.map((bin) => {
    const { low, high } = proportion(bin.correct, bin.count);
    const [x, y] = [n(toX(bin.confidence)), n(toY(bin.accuracy))];
    const words = `${count(bin.count)} images, mean confidence ${percentage(bin.confidence)}, right ${percentage(bin.accuracy)}`;
    return html`<g class="bin"><path d="M${x} ${n(toY(low))}V${n(toY(high))}"/><circle cx="${x}" cy="${y}" r="4"><title>${words}</title></circle></g>`;
  });
  const bars = filled.map((bin) => {
    const tall = Math.max(1, Math.sqrt(bin.count / most) * (histogram.bottom - histogram.top));
    const [x, wide] = [toX(bin.from) + 1, toX(bin.to) - toX(bin.from) - 2];
    return html`<rect x="${n(x)}" y="${n(histogram.bottom - tall)}" width="${n(wide)}" height="${n(tall)}"><title>${count(bin.count)} images</title></rect>`;
  });

  return html`<svg class="chart reliability" viewBox="0 0 ${width} ${height}" role="img" aria-label="${description}">
<g class="grid">${ticks.map((tick) => html`<path d="M${plot.left} ${n(toY(tick))}H${plot.right}"/>`)}</g>
<path class="diagonal" d="M${plot.left} ${plot.bottom}L${plot.right} ${plot.top}"/>
<g class="axis"><path d="M${plot.left} ${plot.bottom}H${plot.right}"/><path d="M${plot.left} ${histogram.bottom}H${plot.right}"/></g>
<g class="tick end">${ticks.map((tick) => html`<text x="${plot.left - 8}" y="${n(toY(tick) + 4)}">${percentage(tick, 0)}</text>`)}</g>
<g class="tick middle">${ticks.map((tick) => html`<text x="${n(toX(tick))}" y="${histogram.bottom + 16}">${percentage(tick, 0)}</text>`)}</g>
<g class="axis-name"><text x="0" y="12">right</text><text class="below" x="${(plot.left + plot.right) / 2}" y="${histogram.bottom + 34}">confidence</text><text class="end" x="${plot.left - 8}" y="${histogram.bottom - 2}">images</text></g>
<g class="bars">${bars}</g>
${dots}
</svg>`;
}
