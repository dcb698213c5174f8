/** @file Charts as file snapshots, with numbers cut to 3 decimals. */

import { describe, expect, test } from "vitest";
import { proportion } from "../../../src/evaluate/statistics/proportion.js";
import { intervalChart } from "../../../src/report/page/charts/interval-chart.js";
import { lineChart, logTicks, niceDomain } from "../../../src/report/page/charts/line-chart.js";
import { reliabilityChart } from "../../../src/report/page/charts/reliability-chart.js";
import { signedChart } from "../../../src/report/page/charts/signed-chart.js";
import { percentage, significant } from "../../../src/report/page/format.js";
import { networkFigure } from "../../../src/report/page/sections/made/networks.js";

const cut = (svg: { readonly text: string }) =>
  svg.text.replace(/-?\d+\.\d{4,}/g, (number) => String(Math.round(Number(number) * 1000) / 1000));

describe("lineChart(options)", () => {
  const curves = {
    description: "Loss of a network over 4 epochs.",
    xLabel: "epoch",
    yLabel: "Loss",
    x: [1, 2, 3, 4],
    series: [
      { name: "validation", values: [0.4, 0.2, 0.12, 0.1] },
      { name: "training", values: [0.5, 0.21, 0.11, 0.09], quiet: true },
    ],
    format: significant,
  };

  test("draws curves on a straight axis, a kept epoch pointed out", async () => {
    const chart = lineChart({ ...curves, domain: niceDomain([0.09, 0.5]), mark: { x: 3, label: "kept" } });
    await expect(cut(chart)).toMatchFileSnapshot("snapshots/line-chart.svg");
  });

  test("draws curves on a logarithmic axis", async () => {
    const chart = lineChart({ ...curves, domain: niceDomain([0.09, 0.5], true), logarithmic: true });
    await expect(cut(chart)).toMatchFileSnapshot("snapshots/line-chart-logarithmic.svg");
  });

  test("leaves gaps where nothing was measured, and no number that is none", () => {
    const values = [0.4, undefined, Number.NaN, 0.1];
    const { text } = lineChart({ ...curves, series: [{ name: "validation", values }], domain: [0, 0.5] });
    expect(text.match(/<circle/g)).toHaveLength(2);
    expect(text).not.toMatch(/NaN|undefined|Infinity/);
  });

  test("draws a single epoch", () => {
    const { text } = lineChart({
      ...curves,
      x: [1],
      series: [{ name: "validation", values: [0.4] }],
      domain: niceDomain([0.4]),
    });
    expect(text.match(/<circle/g)).toHaveLength(1);
    expect(text).not.toMatch(/NaN|undefined|Infinity/);
  });

  test("survives nothing at all", () => {
    expect(lineChart({ ...curves, x: [], series: [], domain: niceDomain([]) }).text).not.toMatch(
      /NaN|undefined|Infinity/,
    );
  });

  test("escapes names", () => {
    expect(
      lineChart({ ...curves, series: [{ name: "<b>", values: [1, 1, 1, 1] }], domain: [0, 1] }).text,
    ).not.toContain("<b>");
  });
});

test("logTicks(domain) are few and round", () => {
  expect(logTicks([0.006, 0.5])).toEqual([0.01, 0.03, 0.1, 0.3]);
  expect(logTicks([0.008, 0.35])).toEqual([0.01, 0.02, 0.05, 0.1, 0.2]);
  expect(logTicks([0.09, 0.5])).toEqual([0.1, 0.2, 0.5]);
  expect(logTicks([1e-9, 10])).toHaveLength(11);
});

test("reliabilityChart(bins) draws what bins hold", async () => {
  const bins = Array.from({ length: 5 }, (_, i) => {
    const count = [0, 2, 0, 20, 300][i] as number;
    const correct = [0, 1, 0, 13, 297][i] as number;
    return {
      from: i / 5,
      to: (i + 1) / 5,
      count,
      correct,
      confidence: (i + 0.6) / 5,
      accuracy: count && correct / count,
    };
  });
  await expect(cut(reliabilityChart(bins, "Reliability of a network."))).toMatchFileSnapshot(
    "snapshots/reliability-chart.svg",
  );
});

test("intervalChart(rows) puts intervals on one axis", async () => {
  const rows = [
    { name: "before", value: proportion(1959, 2000) },
    { name: "after", value: proportion(1975, 2000) },
  ];
  const chart = intervalChart(rows, `From ${percentage(0.97)} up.`);
  await expect(cut(chart)).toMatchFileSnapshot("snapshots/interval-chart.svg");
});

test("intervalChart(rows) survives a single certain value", () => {
  expect(intervalChart([{ name: "sure", value: { value: 1, low: 1, high: 1 } }], "").text).not.toMatch(/NaN|Infinity/);
});

test("signedChart(rows) draws bars to either side of zero, and cuts intervals at the ends of the axis", async () => {
  const rows = [
    { name: "raised", value: { low: 1, value: 2, high: 9 }, text: "+2.00" },
    { name: "lowered", value: { low: -1.5, value: -1, high: -0.5 }, text: "-1.00" },
    { name: "single", value: { low: 0, value: 0, high: 0 }, text: "0.00" },
  ];
  const chart = signedChart(rows, { description: "Changes.", domain: [-2, 4], sides: ["lowers", "raises"] });
  await expect(cut(chart)).toMatchFileSnapshot("snapshots/signed-chart.svg");
});

describe("networkFigure(name, layers, extent)", () => {
  const extent = { side: 28, channels: 16, features: 784 };
  const layers = [
    { name: "image", operator: "Input", shape: [1, 28, 28], parameters: 0 },
    { name: "conv", operator: "Conv 3×3", shape: [16, 28, 28], parameters: 160 },
    { name: "relu", operator: "Relu", shape: [16, 28, 28], parameters: 0, explained: true },
    { name: "pool", operator: "GlobalAveragePool", shape: [16], parameters: 0 },
    { name: "scores", operator: "Gemm", shape: [10], parameters: 170 },
  ];

  test("draws tensors as blocks and vectors as bars", async () => {
    await expect(cut(networkFigure("net", layers, extent))).toMatchFileSnapshot("snapshots/network.svg");
  });

  test("survives shapes that are not known, tokens and volumes", () => {
    const odd = [[], [197, 384], [8, 4, 14, 14]].map((shape, i) => ({
      name: `layer ${i}`,
      operator: "Odd",
      shape,
      parameters: 5,
    }));
    expect(networkFigure("odd", odd, extent).text).not.toMatch(/NaN|undefined|Infinity/);
  });
});
