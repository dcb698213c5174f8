/** @file Prints how far maps can be trusted, as a table and as sentences. */

import type { Metric } from "../../evaluate/metrics/metric.js";
import type { Mean } from "../../evaluate/statistics/bootstrap.js";
import type { MetricSummary, TrustSummary } from "../../evaluate/studies/trust-summary.js";
import { counted } from "../../foundation/words.js";
import { print, printLines } from "../terminal/print.js";
import { table } from "../terminal/table.js";

/**
 * Metrics by methods and baselines, with intervals, and their meaning.
 * @param width of the screen in characters: columns that do not fit go below
 */
export function printTrust(
  { sources, count, comparisons, refused }: TrustSummary,
  metrics: readonly Metric[],
  width: number,
): void {
  const rows = metrics.filter(({ name }) => sources[0]?.metrics[name] !== undefined);
  const heading = rows.map(({ name, better }) => `${name} (${better})`);
  const columns = sources.map(({ name, metrics }) => [name, ...rows.map((row) => cell(metrics[row.name]))]);
  const first = Math.max(0, ...heading.map((text) => text.length));
  for (const block of blocksOf(columns, width - first)) {
    printLines(
      table(
        ["", ...block.map(([name = ""]) => name)],
        heading.map((name, r) => [name, ...block.map((column) => column[r + 1] ?? "")]),
      ),
    );
    print();
  }
  const known = sources.some(({ metrics }) => rows.some(({ name }) => metrics[name]?.mean?.low != null));
  const interval = known ? ", with 95 % intervals" : "";
  print(`Means over ${counted(count, "image")}${interval}; in brackets which values are better.`);
  if (rows.some(({ name }) => sources.some(({ metrics }) => metrics[name]?.verdict))) {
    print(
      "+ better than every baseline, - worse than at least one, = no different from the strongest; image by image, by",
    );
    print(
      `sign-flip tests (at most 5 % of tables have a false mark: Holm's correction for ${comparisons} comparisons).`,
    );
  }
  for (const line of refusals(rows, refused, count)) print(line);
  print();
  for (const { sentence } of sources) if (sentence) print(sentence);
}

/** A line for all metrics that left out as many images for the same reason. */
function refusals(metrics: readonly Metric[], refused: TrustSummary["refused"], count: number): string[] {
  const names = new Map<string, string[]>();
  for (const { name, needs = "more than these images have" } of metrics) {
    const images = refused[name];
    if (images === undefined) continue;
    const text = `left out ${images} of ${counted(count, "image")}: asked for is ${needs}.`;
    names.set(text, [...(names.get(text) ?? []), name]);
  }
  return [...names].map(([text, all]) => `${all.join(", ")}: ${text}`);
}

/** Columns that fit side by side; at least one. */
function blocksOf(columns: readonly (readonly string[])[], width: number): (readonly string[])[][] {
  const blocks: (readonly string[])[][] = [[]];
  let left = width;
  for (const column of columns) {
    const columnWidth = 2 + Math.max(...column.map((text) => text.length));
    if (columnWidth > left && blocks.at(-1)?.length) {
      blocks.push([]);
      left = width;
    }
    left -= columnWidth;
    blocks.at(-1)?.push(column);
  }
  return blocks;
}

const signs = { better: " +", worse: " -", "no different": " =" } as const;

function cell(summary: MetricSummary | undefined): string {
  if (!summary?.mean) return "none";
  const verdict = summary.verdict;
  return `${numberWithInterval(summary.mean)}${verdict ? signs[verdict] : ""}`;
}

function numberWithInterval({ mean, low, high }: Mean): string {
  // Without a minus sign for values that round to zero.
  const fixed = (value: number) => (Math.round(value * 1000) / 1000 + 0).toFixed(3);
  return low === null || high === null ? fixed(mean) : `${fixed(mean)} (${fixed(low)} to ${fixed(high)})`;
}
