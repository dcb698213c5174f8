/** @file The page's sections on bias, groups of errors and doubtful labels, and their sentences. */

import { beforeAll, describe, expect, test } from "vitest";
import { proportion } from "../../../../src/evaluate/statistics/proportion.js";
import { summarise } from "../../../../src/report/page/findings/summarise.js";
import { renderReport } from "../../../../src/report/page/render-report.js";
import type {
  BiasReport,
  ExchangeReport,
  ModelReport,
  RegionsReport,
  ReportData,
} from "../../../../src/report/report-data.js";
import { fixtureReport } from "../../fixture.js";

const plain = (text: string) => text.replace(/[\u202f\u00a0]/g, " ");

let data: ReportData;
let model: ModelReport;
let bias: BiasReport;
beforeAll(async () => {
  data = await fixtureReport({ models: 1 });
  model = data.models[0] as ModelReport;
  bias = model.bias as BiasReport;
});

const withModel = (change: Partial<ModelReport>): ReportData => ({ ...data, models: [{ ...model, ...change }] });
const section = (id: string, changed = data) =>
  plain(renderReport(changed).match(new RegExp(`<section id="${id}".*?</section>`, "s"))?.[0] ?? "").replace(
    /data:image[^"]*/g,
    "",
  );
const sentences = (changed: ReportData) => summarise(changed).sentences.map(plain);

describe("the section on bias", () => {
  test("has a row for all images and for each class, each share next to a uniform map's", () => {
    const html = section("bias");
    expect(html.match(/<tr><th scope="row">(All|\d)/g)).toHaveLength(11);
    expect(html).toContain("<td>41 %");
    expect(html).toContain("<small>uniform 16 %</small>");
  });

  test("draws the boxes where they lie on the picture", () => {
    const html = section("bias");
    expect(html).toContain('<span class="box" style="left:10%;top:20%;width:50%;height:60%">');
    expect(html.match(/class="box"/g)).toHaveLength(bias.astray.images.length);
  });

  test("says what exchange changes, and whether that can be chance", () => {
    expect(section("bias")).toMatch(/Where the map is hottest.*45.0 %.*43 % to 47 %.*Elsewhere.*12.0 %/s);
    expect(section("bias")).toContain(
      "What decides is more often where the map is hottest (p &lt; 0.001, sign-flip test image by image).",
    );
    const verdict = (pValue: number, hottest: number) =>
      sentences(
        withModel({
          bias: {
            ...bias,
            exchange: { ...(bias.exchange as ExchangeReport), pValue, hottest: proportion(hottest, 100) },
          },
        }),
      ).join();
    expect(verdict(0.2, 45)).toContain("The difference may be chance.");
    expect(verdict(0.01, 2)).toContain("What decides is more often elsewhere: these maps mislead.");
  });

  test("leaves out exchange where no image had a donor, and in data that does not have it", () => {
    const { exchange: _, ...earlier } = bias;
    expect(section("bias", withModel({ bias: earlier }))).not.toContain("exchanged for");
    expect(sentences(withModel({ bias: earlier })).join()).not.toContain("Exchanging");
  });

  test("warns where maps are as spread as a uniform one", () => {
    const [all, ...classes] = bias.regions as [RegionsReport, ...RegionsReport[]];
    const spread = (value: number) => {
      const half = { count: 180, share: { value, low: value, high: value }, even: 0.5 };
      return sentences(withModel({ bias: { ...bias, regions: [{ ...all, half }, ...classes] } })).join();
    };
    expect(spread(0.44)).toContain(
      "classic’s maps are nearly as spread as a uniform one: half of their evidence takes 44 % of the image",
    );
    expect(spread(0.3)).not.toContain("spread");
  });

  test("leaves out the objects where nothing is known of them, and itself without maps", () => {
    const regions = bias.regions.map(({ object: _, ...rest }) => rest);
    const astray = { region: "border", images: [] } as const;
    const html = section("bias", withModel({ bias: { ...bias, regions, astray } }));
    expect(html).not.toContain("On the object");
    expect(html).toContain("On no image does the border hold much more");
    const { bias: _, ...blank } = model;
    expect(section("bias", { ...data, models: [blank] })).toBe("");
  });
});

describe("the sentences", () => {
  test("tell each class of a few by name, and of many all together", () => {
    expect(sentences(data)).toContain(
      "62 % of classic’s evidence lies inside the objects’ boxes; a uniform map would have 38 %.",
    );
    const evaluation = { ...model.evaluation, classes: model.evaluation.classes.slice(0, 2) };
    const regions = bias.regions.slice(0, 3);
    const few = sentences(withModel({ evaluation, bias: { ...bias, regions } }));
    expect(few).toContain("62 % of the evidence for 1 lies inside its boxes; a uniform map would have 38 %.");
  });

  test("ask about a cue only where the evidence at an edge cannot be chance, and is not little", () => {
    const corners = (value: number, low: number, even: number) => {
      const region = {
        label: 7,
        border: bias.regions[1]?.border,
        corners: { count: 50, share: { value, low, high: 1 }, even },
      };
      const changed = withModel({ bias: { ...bias, regions: [bias.regions[0], region] as BiasReport["regions"] } });
      return { found: sentences(changed), nothing: summarise(changed).nothing.map(plain) };
    };
    const none =
      "Border and corners were looked at, and no class draws much more of classic’s evidence from there than a uniform map would. That is no proof that there is no cue: maps cannot show one without a place, such as a tint, a texture, blur, or something that is missing (Adebayo et al., 2022).";
    const cue =
      "A cue beside the object? With classic, 41 % of the evidence for 7 lies in the corners (a uniform map would have 16 %).";
    expect(corners(0.41, 0.3, 0.16).found).toContain(cue);
    expect(corners(0.41, 0.3, 0.16).nothing).not.toContain(none);
    expect(corners(0.41, 0.15, 0.16).nothing).toContain(none);
    expect(corners(0.2, 0.18, 0.16).nothing).toContain(none);
    expect(corners(0.04, 0.03, 0.01).nothing).toContain(none);
  });

  test("count groups and labels", () => {
    const [group] = model.errorGroups ?? [];
    const one = sentences(withModel({ errorGroups: group ? [group] : [] }));
    expect(one).toContain("8 of classic’s 41 errors look alike: with their evidence at the upper left.");
    const errors = (model.errors ?? []).map((error, i) => ({ ...error, doubtful: i === 0 }));
    expect(sentences(withModel({ errors }))).toContain(
      "1 label may be wrong: classic contradicts it with confidence, whichever way the image is shifted.",
    );
    expect(sentences(withModel({ errors: [], errorGroups: [] })).join()).not.toMatch(/alike|may be wrong/);
  });
});

test("groups of errors name what was taken for what, and lead to their cards", () => {
  const html = section("alike");
  expect(html).toMatch(/8 errors: evidence at the upper left<\/b><\/h4><p class="quiet">\d × \d taken for \d/);
  const [first] = model.errorGroups ?? [];
  for (const index of first?.members ?? []) expect(html).toContain(`href="#error-0-${index}"`);
  // The last errors have no picture in the fixture.
  expect(html).toContain("without picture");
});

test("where only the most confident errors were compared, the section and the sentence say so", () => {
  const { evaluation } = model;
  const [error] = evaluation.errors;
  const withErrors = (count: number) =>
    withModel({ evaluation: { ...evaluation, errors: error ? Array(count).fill(error) : [] } });
  const said = "Of 501 errors, the 500 most confident were compared with each other.";
  expect(section("alike", withErrors(501))).toContain(said);
  expect(sentences(withErrors(501)).join()).toMatch(/of classic’s 500 most confident errors (look|fall)/);
  expect(section("alike", withErrors(500))).not.toContain("were compared");
  expect(sentences(withErrors(500)).join()).toMatch(/of classic’s 500 errors (look|fall)/);
});

test("the card of an error tells how steady the prediction is, and whether it is about the object", () => {
  const [error] = model.errors ?? [];
  const onObject = { share: 0.21, even: 0.4 };
  const html = section("errors", withModel({ errors: error ? [{ ...error, onObject }] : [] }));
  expect(html).toContain(
    "the same said of 4 of 4 slightly changed versions; 21 % of its evidence on the object, where a uniform map has 40 %</p>",
  );
});

test("doubtful labels are a queue, each with what the model says, and say how many there would be by chance", () => {
  const doubted = { found: 16, expected: 2.1, pValue: 1e-6 };
  const confidence = { temperature: 1.4, error: 0.03, scaledError: 0.006, doubted };
  const html = section("labels", withModel({ confidence }));
  expect(html.match(/data-change="/g)).toHaveLength(14);
  expect(html).toContain("2 more labels");
  expect(html).toContain("classic contradicts 16 labels with confidence; about 2.1 would be if all labels were right.");
  const few = withModel({
    errors: [],
    confidence: { ...confidence, doubted: { found: 1, expected: 1.4, pValue: 0.7 } },
  });
  expect(section("labels", few)).toContain("no more than chance allows, so none is listed");
  const { doubted: _, ...off } = { ...confidence, scaledError: 0.08 };
  expect(section("labels", withModel({ errors: [], confidence: off }))).toContain("8.0 points off");
  expect(section("labels", withModel({ errors: [] }))).toBe("");
});

test("refuses pictures that are none, in every new place", () => {
  const picture = { src: "http://example.org/x.png", width: 1, height: 1 };
  const [image] = bias.astray.images;
  const astray = { ...bias.astray, images: image ? [{ ...image, picture }] : [] };
  expect(() => renderReport(withModel({ bias: { ...bias, astray } }))).toThrow(
    /bias\.astray\.images\[0\]\.picture\.src/,
  );
  const groups = (model.errorGroups ?? []).map((group) => ({ ...group, picture }));
  expect(() => renderReport(withModel({ errorGroups: groups }))).toThrow(/errorGroups\[0\]\.picture\.src/);
  const errors = (model.errors ?? []).map((error) => ({ ...error, thumbnail: picture }));
  expect(() => renderReport(withModel({ errors }))).toThrow(/errors\[0\]\.thumbnail\.src/);
});
