/** @file What to do next, the stations, and what an improvement shows of itself. */

import { beforeAll, describe, expect, test } from "vitest";
import type { ImprovementReport } from "../../../../src/report/improvement-data.js";
import { renderReport } from "../../../../src/report/page/render-report.js";
import { commandFor, shellWord } from "../../../../src/report/page/steps/command.js";
import { nextSteps } from "../../../../src/report/page/steps/next-steps.js";
import type { ModelReport, ReportData } from "../../../../src/report/report-data.js";
import { fixtureReport } from "../../fixture.js";

let data: ReportData;
let model: ModelReport;
beforeAll(async () => {
  data = { ...(await fixtureReport({ models: 1 })), names: { models: ["classic.onnx"], data: "my photos" } };
  model = data.models[0] as ModelReport;
});
const withModel = (change: Partial<ModelReport>): ReportData => ({ ...data, models: [{ ...model, ...change }] });
const plain = (text: string) => text.replace(/[\u202f\u00a0]/g, " ");
const range = (value: number) => ({ value, low: value - 0.01, high: value + 0.01 });

describe("nextSteps(data)", () => {
  test("has a step for labels, cues and errors that look alike, each with its command", () => {
    expect(nextSteps(data).map(({ command }) => command)).toEqual([
      "fovea improve classic.onnx 'my photos' --accept label-changes.csv --out better.onnx",
      "fovea improve classic.onnx 'my photos' --out better.onnx",
      "fovea improve classic.onnx 'my photos' --only discover",
    ]);
  });

  test("proposes a temperature only where it gains a point", () => {
    const titles = (scaledError: number) =>
      nextSteps(withModel({ confidence: { temperature: 1.4, error: 0.031, scaledError } })).map(({ title }) => title);
    expect(titles(0.006)).toContain("Mend the confidence of classic");
    expect(titles(0.025)).not.toContain("Mend the confidence of classic");
  });

  test("asks for images of classes that are too small to measure, and says what more would tell", () => {
    const perClass = model.evaluation.perClass.map((scores, i) =>
      i === 3 ? { ...scores, support: 12, recall: 0.75 } : scores,
    );
    const step = nextSteps(withModel({ evaluation: { ...model.evaluation, perClass } })).find(({ title }) =>
      /^Collect/.test(title),
    );
    expect(step?.title).toBe("Collect images of 3 (12)");
    // Wilson's interval of 9 of 12 is 0.468 to 0.911, of 75 of 100 it is 0.657 to 0.825.
    expect(plain(step?.effect ?? "")).toContain("is 44 points wide; with 100 images it would be 17 points");
  });

  test("proposes to train against attacks from the weakest on that costs a tenth, where the training is known", () => {
    const step = (change: Partial<ModelReport>) =>
      nextSteps(withModel(change)).find(({ section }) => section === "robustness");
    expect(step({})).toBeUndefined();
    const training = { ...model.training, network: "classic" } as NonNullable<ModelReport["training"]>;
    const found = step({ training });
    expect(found?.command).toBe("fovea train 'my photos' --net classic --adversarial 0.05 --out robust.onnx");
    expect(plain(found?.why ?? "")).toContain("80 % of 10 images are right instead of 100 %");
    const robustness = model.robustness as NonNullable<ModelReport["robustness"]>;
    const [first, second] = robustness.levels;
    const harmless = { ...first, summary: { ...first?.summary, accuracy: range(0.95) } };
    const later = step({ training, robustness: { ...robustness, levels: [harmless, second] as never } });
    expect(later?.command).toContain("--adversarial 0.1 ");
    expect(step({ training, robustness: { ...robustness, levels: [harmless] as never } })).toBeUndefined();
  });

  test("writes no model over one of the report's", () => {
    const names = { models: ["better.onnx"], data: "mnist" };
    const [first, second] = nextSteps({ ...data, names });
    expect(first?.command).toMatch(/--out better-2\.onnx$/);
    expect(second?.command).toBe("fovea improve better.onnx mnist --out better-2.onnx");
  });

  test("says of labels of test images that nothing is learned from them", () => {
    const effect = (part?: "train") =>
      nextSteps({ ...data, data: { ...data.data, ...(part ? { part } : {}) } })[0]?.effect;
    expect(effect()).toContain("those of the test are never learned from");
    expect(effect("train")).toContain("are learned and measured with their new label");
  });

  test("says that nothing was found where that is so", () => {
    const { bias, errorGroups: _, ...rest } = model;
    const regions = (bias?.regions ?? []).map((region) => ({ ...region, corners: region.border }));
    const quiet = { ...rest, errors: [], bias: bias && { ...bias, regions } } as ModelReport;
    expect(nextSteps({ ...data, models: [quiet] })).toEqual([]);
    expect(renderReport({ ...data, models: [quiet] })).toContain("Nothing there asks for a change.");
  });
});

test("commands quote names that a shell would read otherwise", () => {
  expect(["a/b-1.onnx", "my photos", "it's", "$(rm x)", "-x"].map(shellWord)).toEqual([
    "a/b-1.onnx",
    "'my photos'",
    "'it'\\''s'",
    "'$(rm x)'",
    "./-x",
  ]);
  const { names: _, ...unnamed } = data;
  expect(commandFor(unnamed, "improve", 0)).toBe("fovea improve model.onnx DATA");
});

describe("an improvement in the report", () => {
  const figures = (worst: number) => ({ overall: 0.9, worst: range(worst) });
  const improvement: ImprovementReport = {
    subject: "classic on digits",
    hypotheses: [
      {
        ...{ id: "region-1", sentence: "A region at the upper left tells the label.", tells: range(0.95), chance: 0.1 },
        verdict: {
          ...{
            verified: true,
            reason: "Answers follow it.",
            images: 300,
            followed: range(0.5),
            elsewhere: range(0.02),
          },
          corrected: 0.0004,
        },
      },
      { id: "tint", sentence: "The tint tells the label.", tells: range(0.2), chance: 0.1 },
    ],
    repair: {
      ...{
        budget: "2 epochs",
        sentence: "The worst group rises.",
        impossible: [{ name: "energy", reason: "no boxes" }],
      },
      counterexamples: Array(10).fill(3),
      candidates: [
        { name: "as it is", sentence: "not trained again", ...figures(0.01), chosen: false },
        { name: "exchange", sentence: "the region is exchanged", ...figures(0.98), chosen: true },
      ],
    },
    proof: {
      ...{ sentence: "Proved.", accepted: true, images: 400, test: "as they are, and exchanged", seeds: [1, 2, 3] },
      ...{ before: figures(0.01), after: figures(0.98) },
      repaired: { overall: range(0.97), worst: range(0.96) },
      controls: [
        { name: "placebo", overall: range(0.5), worst: range(0.02), gain: 0.93, corrected: 0.0001, beaten: true },
      ],
    },
  };

  test("leaves the last stations open where there is none, with the command that fills them", () => {
    const html = renderReport(data);
    expect(html.match(/<li class="open">/g)).toHaveLength(2);
    expect(html).toContain("<code>fovea improve classic.onnx &#39;my photos&#39; --out better.onnx</code>");
  });

  test("fills the stations of repair and proof, and shows the tables", () => {
    const html = plain(renderReport({ ...data, improvement }));
    expect(html).not.toContain('<li class="open">');
    expect(html).toContain("2 hypotheses, 1 verified; exchange");
    expect(html).toContain("proved: worst group 1 % → 98 %");
    expect(html).toMatch(
      /<section id="repair".*region-1.*not tested.*Answer follows.*energy could not be tried: no boxes/s,
    );
    expect(html).toMatch(/<section id="proof".*with a placebo.*93.0 points.*beaten/s);
    const titles = nextSteps({ ...data, improvement }).map(({ title }) => title);
    expect(titles).toContain("Photograph each class without its own cue");
    expect(titles.filter((title) => title.startsWith("Find out whether classic"))).toEqual([]);
    const others = nextSteps({ ...data, improvement: { ...improvement, subject: "another on digits" } });
    expect(others.some(({ title }) => title.startsWith("Find out whether classic"))).toBe(true);
  });

  test("refuses a picture that is none", () => {
    const [first] = improvement.hypotheses;
    const picture = { src: "http://example.org/x.png", width: 1, height: 1 };
    const hypotheses = first ? [{ ...first, picture }] : [];
    expect(() => renderReport({ ...data, improvement: { ...improvement, hypotheses } })).toThrow(
      /improvement\.hypotheses\[0\]\.picture\.src/,
    );
  });
});
