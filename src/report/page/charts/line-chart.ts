/** @file Line charts of training curves, as SVG. */

import { scaleLinear, scaleLog } from "d3-scale";
import { line } from "d3-shape";
import { at } from "../../../foundation/present.js";
import { coordinate as n } from "../format.js";
import { type Fragment, type Html, html } from "../html.js";

export interface LineChartOptions {
  /** Describes the chart in a sentence, for those who can't see it. */
  readonly description: string;
  readonly xLabel: string;
  readonly yLabel: string;
  /** Positions on the x axis, rising. */
  readonly x: readonly number[];
  /** One line each; `undefined` leaves a gap. `quiet` draws it thin and dashed. */
  readonly series: readonly {
    readonly name: string;
    readonly values: readonly (number | undefined)[];
    readonly quiet?: boolean;
  }[];
  /** Ends of the y axis, so that charts side by side can share them. */
  readonly domain: readonly [number, number];
  /** Default false. */
  readonly logarithmic?: boolean;
  readonly format: (value: number) => string;
  /** The same for the axis, whose numbers are round. Default: `format`. */
  readonly tickFormat?: (value: number) => string;
  /** A position to point out. Default: none. */
  readonly mark?: { readonly x: number; readonly label: string };
  /** Height of the drawing; its width is 400. Default 200. */
  readonly height?: number;
}

const width = 400;
const margin = { top: 26, right: 74, bottom: 34, left: 50 };
/** Least distance between the names at the ends of lines. */
const labelHeight = 14;

/** A line chart with axes, each line named at its end. Lines have the classes `line-0`, `line-1`, … */
export function lineChart(options: LineChartOptions): Html {
  const {
    description,
    xLabel,
    yLabel,
    x,
    series,
    domain,
    logarithmic = false,
    format,
    tickFormat = format,
    mark,
    height = 200,
  } = options;
  const [left, right, top, bottom] = [margin.left, width - margin.right, margin.top, height - margin.bottom];
  const [first, last] = [x[0] ?? 0, x.at(-1) ?? 1];
  // A single epoch stands in the middle of an axis of its own.
  const toX = scaleLinear(first === last ? [first - 1, last + 1] : [first, last], [left, right]);
  const toY = (logarithmic ? scaleLog() : scaleLinear()).domain(domain).range([bottom, top]);
  const yTicks = logarithmic ? logTicks(domain) : scaleLinear(domain, [0, 1]).ticks(4);
  const xTicks = (first === last ? [first] : toX.ticks(6)).filter(Number.isInteger);

  const lines = series.map(({ name, values, quiet = false }, i) => {
    const points = values.flatMap((value, j) =>
      drawable(value, logarithmic) ? [{ at: j, x: toX(at(x, j)), y: toY(value) }] : [],
    );
    const path = line<number | undefined>()
      .defined((value) => drawable(value, logarithmic))
      .x((_, j) => toX(at(x, j)))
      .y((value) => toY(value ?? Number.NaN))
      .digits(1)([...values]);
    const dots = points.map(
      (point) =>
        html`<circle cx="${n(point.x)}" cy="${n(point.y)}" r="${quiet ? 1.5 : 2.5}"><title>${name}, ${xLabel} ${x[point.at]}: ${format(values[point.at] ?? Number.NaN)}</title></circle>`,
    );
    return {
      name,
      quiet,
      points,
      drawing: html`<g class="line line-${i}${quiet ? " quiet" : ""}"><path d="${path ?? ""}"/>${dots}</g>`,
    };
  });
  const ends = lines.flatMap(({ name, points }, i) => points.slice(-1).map(({ x, y }) => ({ i, name, x, y })));

  return html`<svg class="chart" viewBox="0 0 ${width} ${height}" role="img" aria-label="${description}">
<g class="grid">${yTicks.map((tick) => html`<path d="M${left} ${n(toY(tick))}H${right}"/>`)}</g>
<g class="axis"><path d="M${left} ${bottom}H${right}"/>${xTicks.map((tick) => html`<path d="M${n(toX(tick))} ${bottom}v4"/>`)}</g>
<g class="tick end">${yTicks.map((tick) => html`<text x="${left - 8}" y="${n(toY(tick) + 4)}">${tickFormat(tick)}</text>`)}</g>
<g class="tick middle">${xTicks.map((tick) => html`<text x="${n(toX(tick))}" y="${bottom + 17}">${tick}</text>`)}</g>
<g class="axis-name"><text x="0" y="12">${yLabel}</text><text x="${right + 16}" y="${bottom + 17}">${xLabel}</text></g>
${mark && markLine(n(toX(mark.x)), top, bottom, mark.label)}
${lines.map(({ drawing }) => drawing)}
${separate(ends).map(({ i, name, x, y }) => html`<text class="line-name line-${i}" x="${n(x + 8)}" y="${n(y + 4)}">${name}</text>`)}
</svg>`;
}

/** Powers of ten, with their doubles and fives where there are few powers. */
export function logTicks([low, high]: readonly [number, number]): number[] {
  const powers = Array.from({ length: 40 }, (_, i) => i - 20);
  const within = (steps: readonly number[]) =>
    powers
      .flatMap((power) => steps.map((step) => Number(`${step}e${power}`)))
      .filter((tick) => tick >= low && tick <= high);
  return [[1, 2, 5], [1, 3], [1]].map(within).find((ticks) => ticks.length <= 5) ?? within([1]);
}

/** A domain that holds all `values` and ends at round numbers; the whole positive axis' first decade if there are none. */
export function niceDomain(values: readonly (number | undefined)[], logarithmic = false): [number, number] {
  const usable = values.filter((value) => drawable(value, logarithmic));
  if (usable.length === 0) return [0.1, 1];
  const [low, high] = [Math.min(...usable), Math.max(...usable)];
  if (logarithmic) return [low / 1.1, high * 1.1];
  const [from = low, to = high] = scaleLinear([low === high ? low - Math.abs(low || 1) / 2 : low, high], [0, 1])
    .nice(4)
    .domain();
  return [from, to];
}

function drawable(value: number | undefined, logarithmic: boolean): value is number {
  return value !== undefined && Number.isFinite(value) && (!logarithmic || value > 0);
}

function markLine(x: number, top: number, bottom: number, label: string): Fragment {
  return html`<g class="mark"><path d="M${x} ${top}V${bottom}"/><text x="${x}" y="${top - 5}">${label}</text></g>`;
}

/** Pushes names that would lie over each other apart. */
function separate<T extends { readonly y: number }>(ends: readonly T[]): T[] {
  const sorted = [...ends].sort((a, b) => a.y - b.y);
  const middle = sorted.reduce((sum, { y }) => sum + y, 0) / sorted.length;
  const crowded = sorted.some(({ y }, i) => i > 0 && y - at(sorted, i - 1).y < labelHeight);
  if (!crowded) return sorted;
  return sorted.map((end, i) => ({ ...end, y: middle + (i - (sorted.length - 1) / 2) * labelHeight }));
}
