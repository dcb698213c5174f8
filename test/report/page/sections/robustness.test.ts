/** @file The report on attacks: what is gathered from a model, and what the page says of it. */

import { describe, expect, test } from "vitest";
import { prepareImages } from "../../../../src/cli/inputs/models.js";
import { drawDigits } from "../../../../src/data/digits/digits.js";
import { createAttack } from "../../../../src/evaluate/attack/attack.js";
import { attackImages, summariseAttack } from "../../../../src/evaluate/attack/attack-study.js";
import { loadModel } from "../../../../src/explain/node.js";
import { encodePngDataUrl } from "../../../../src/image/node.js";
import { joined } from "../../../../src/model/run/batches.js";
import { collectRobustness } from "../../../../src/report/collect/collect-robustness.js";
import { byRank } from "../../../../src/report/collect/observe/sampled.js";
import { reportedDataset } from "../../../../src/report/collect/report-images.js";
import { renderReport } from "../../../../src/report/page/render-report.js";
import type { AttackExample } from "../../../../src/report/report-data.js";
import { runtime } from "../../../support/runtime.js";
import { everything } from "../../../support/share.js";
import { fixtureReport } from "../../fixture.js";

describe("collectRobustness(explainer, images, options)", () => {
  test.runIf(everything)("attacks some images at every size, and shows the first that changed", async () => {
    const model = await loadModel(undefined, { runtime });
    const explainer = await model.explainer();
    const attack = await createAttack(model, { runtime });
    const dataset = drawDigits({ train: 0, test: 130 });
    const { test: digits } = dataset;
    const { images } = reportedDataset(dataset, prepareImages);
    const how = { attack, encode: encodePngDataUrl, count: 120, sizes: [0.05, 0.3], examples: 2 };
    const report = await collectRobustness({ name: "digits", explainer }, images, how);
    expect(report.levels.map(({ eps }) => eps)).toEqual([0.05, 0.3]);
    const [weak, strong] = report.levels.map(({ summary }) => summary);
    expect(strong?.count).toBe(120);
    expect(weak?.flipped).toBeLessThan(strong?.flipped ?? 0);
    expect(report.examples.map(({ outcome }) => [outcome.correct, outcome.flipped])).toEqual([
      [true, true],
      [true, true],
    ]);
    expect(new Set(report.examples.map(({ index }) => index)).size).toBe(2);

    // Put together the figures are those of the parts: the images whose names have the lowest hashes, eight at a time.
    const parts = [];
    const indices = byRank(images.ranks, 120);
    for (let first = 0; first < 120; first += 8) {
      const some = indices.slice(first, first + 8);
      const inputs = await Promise.all(some.map((index) => prepareImages(explainer, digits, index, 1)));
      const labels = some.map((index) => digits.labels[index] ?? -1);
      parts.push(...(await attackImages(explainer, attack, joined(inputs), { eps: 0.3, steps: 10, labels })).outcomes);
    }
    expect(summariseAttack(parts)).toEqual(strong);
    await attack.close();
    await explainer.close();
  });
});

describe("the section on attacks", () => {
  const sectionOf = (page: string) => /<section id="robustness".*?<\/section>/s.exec(page)?.[0] ?? "";

  test.runIf(everything)("is there where a model was attacked, and says where one was not", async () => {
    const data = await fixtureReport();
    const section = sectionOf(renderReport(data));
    expect(section).toContain("PGD with 10 steps on 10 test images");
    // Of 10 images 8 changed, all of which were right before.
    expect(section).toMatch(/<th scope="row">0\.2<\/th><td[^>]*>20\.0\u202f%.*?<td[^>]*>80\.0\u202f%<\/td>/s);
    expect(section).toContain("0.50 (6)");
    expect(section).toContain("\u22120.25");
    expect(section).toContain("After the attack no region raises the score of 4: its map is blank.");
    expect(section).toContain("It was not attacked.");
    const models = data.models.map(({ robustness, ...model }) => model);
    expect(sectionOf(renderReport({ ...data, models }))).toBe("");
  });

  test("refuses examples that would mislead", async () => {
    const data = await fixtureReport({ models: 1 });
    const withExample = (change: Partial<AttackExample>) => {
      const [model] = data.models;
      const [example] = model?.robustness?.examples ?? [];
      if (!model?.robustness || !example) throw new Error("the fixture has no example");
      return {
        ...data,
        models: [{ ...model, robustness: { ...model.robustness, examples: [{ ...example, ...change }] } }],
      };
    };
    const outcome = { ...data.models[0]?.robustness?.examples[0]?.outcome, label: 10 } as AttackExample["outcome"];
    expect(() => renderReport(withExample({ outcome }))).toThrow(
      "models[0].robustness.examples[0].outcome.label: expected a class index from 0 to 9, got 10",
    );
    const attacked = { src: "https://example.com/x.png", width: 28, height: 28 };
    expect(() => renderReport(withExample({ attacked }))).toThrow("models[0].robustness.examples[0].attacked.src");
  });
});
