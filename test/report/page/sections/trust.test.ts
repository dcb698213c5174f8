/** @file The report on trust: what is gathered from a model, and what the page says of it. */

import { expect, test } from "vitest";
import { prepareImages } from "../../../../src/cli/inputs/models.js";
import { drawDigits } from "../../../../src/data/digits/digits.js";
import { createTrustStudy } from "../../../../src/evaluate/studies/trust-study.js";
import { loadModel } from "../../../../src/explain/node.js";
import { collectTrust } from "../../../../src/report/collect/collect-trust.js";
import { reportedDataset } from "../../../../src/report/collect/report-images.js";
import { renderReport } from "../../../../src/report/page/render-report.js";
import type { TrustReport } from "../../../../src/report/report-data.js";
import { runtime } from "../../../support/runtime.js";
import { fixtureReport } from "../../fixture.js";

const sectionOf = (page: string) => /<section id="trust".*?<\/section>/s.exec(page)?.[0] ?? "";

test("measures maps of images from all over the data, and shows them next to baselines", async () => {
  const model = await loadModel(undefined, { runtime });
  const explainer = await model.explainer();
  const metrics = ["deletion", "sparseness"];
  const study = await createTrustStudy(model, { runtime, methods: [explainer], metrics });
  const { images } = reportedDataset(drawDigits({ train: 0, test: 40 }), prepareImages);
  const trust = await collectTrust({ name: "digits", explainer }, images, { study, count: 3 });
  await study.close();
  await explainer.close();
  expect(trust.summary.count).toBe(3);
  expect(trust.metrics.map(({ name }) => name)).toEqual(metrics);
  expect(trust.summary.sources.map(({ name }) => name)).toEqual(["grad-cam", "random 7x7", "centre", "uniform"]);
  // What survives JSON is the same.
  expect(JSON.parse(JSON.stringify(trust))).toEqual(trust);

  const data = await fixtureReport();
  const [first, second] = data.models;
  if (!first || !second) throw new Error("the fixture has two models");
  const section = sectionOf(renderReport({ ...data, models: [{ ...first, trust }, second] }));
  expect(section).toContain("Can the maps be trusted?");
  expect(section).toContain("Means over 3 images with 95% intervals");
  expect(section).toContain(trust.summary.sources[0]?.sentence as string);
  expect(section).toMatch(/<th scope="row">Deletion<\/th><td>lower<\/td>.*<b>0\.\d\d<\/b>.*Images with holes/s);
  expect(section).toContain("Its maps were not measured.");
});

test("has no such section where nothing was measured, and a dash where there was nothing to measure", async () => {
  const data = await fixtureReport({ models: 1 });
  expect(sectionOf(renderReport(data))).toBe("");
  const none = { mean: null, versus: null, verdict: null };
  const trust: TrustReport = {
    metrics: [{ name: "sparseness", title: "Sparseness", better: "higher", weakness: "None." }],
    summary: {
      ...{ count: 1, comparisons: 0, needed: 6, refused: {} },
      sources: [{ name: "a", title: "A <b>", control: null, sentence: null, metrics: { sparseness: none } }],
    },
  };
  const [model] = data.models;
  if (!model) throw new Error("the fixture has a model");
  const section = sectionOf(renderReport({ ...data, models: [{ ...model, trust }] }));
  expect(section).toContain('<td class="number">–</td>');
  expect(section).toContain("A &lt;b&gt;");
});
