/** @file Flowcharts of the pages, as the site draws them. */

import { expect, it } from "vitest";
import { drawFlowchart, readFlowchart } from "../../site/flowchart.js";
import { blocksOf, documents } from "../support/docs/pages.js";

const chart = 'flowchart TD\n  a["<b>A & B</b><br>two"]\n  b["low"]\n  a --> b\n  a --> c["lower"]\n  b --> c';

it("places nodes below all that lead to them, with an arrow for each", () => {
  const svg = drawFlowchart(readFlowchart(chart) ?? { nodes: new Map(), arrows: [], across: false });
  const tops = Array.from(svg.matchAll(/<rect x="[\d.]+" y="([\d.]+)"/g), ([, y]) => Number(y));
  expect(tops).toEqual([...tops].sort((a, b) => a - b));
  expect(new Set(tops).size).toBe(3);
  expect(svg.match(/class="arrow"/g)).toHaveLength(3);
  expect(svg).toContain('class="bold">A &amp; B</text>');
});

it("are all understood, and other diagrams are left alone", () => {
  const blocks = [...documents]
    .flatMap(([page, text]) => blocksOf(page, text))
    .filter(({ language }) => language === "mermaid");
  expect(blocks.length).toBeGreaterThan(1);
  for (const { page, code } of blocks) expect(readFlowchart(code), page).toBeDefined();
  expect(readFlowchart("sequenceDiagram\n  a->>b: hello")).toBe(undefined);
});
