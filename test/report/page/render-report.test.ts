/** @file The page as a whole: complete, self-contained, escaped, well-built. */

import { createHash } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { FoveaError } from "../../../src/foundation/error.js";
import { embeddedFonts } from "../../../src/image/fonts/node.js";
import { named } from "../../../src/report/page/findings/named.js";
import { renderReport } from "../../../src/report/page/render-report.js";
import { script, scriptHash } from "../../../src/report/page/script.js";
import type { ErrorMaps, ErrorReport, ModelReport, ReportData } from "../../../src/report/report-data.js";
import { fixtureReport } from "../fixture.js";

let data: ReportData;
let page: string;
/** The page without what fills it: pictures, style and script. */
let bones: string;
beforeAll(async () => {
  data = await fixtureReport();
  page = renderReport(data);
  bones = page.replace(/data:image\/png;base64,[^"]*/g, "").replace(/<(style|script)>.*?<\/\1>/gs, "");
});

const idsOf = (html: string) => [...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id as string);

/** The data with its first model changed. */
const withModel = (change: Partial<ModelReport>): ReportData => ({
  ...data,
  models: data.models.map((model, i) => (i === 0 ? { ...model, ...change } : model)),
});
const firstError = () => data.models[0]?.errors?.[0] as ErrorReport;

describe("renderReport(data)", () => {
  test("has every section, in order", () => {
    const ids = [...page.matchAll(/<section id="([^"]+)"/g)].map(([, id]) => id);
    expect(ids).toEqual([
      "summary",
      "changes",
      "results",
      "confusion",
      "class-maps",
      "bias",
      "errors",
      "alike",
      "labels",
      "robustness",
      "next",
      "data",
      "training",
      "networks",
      "reproduce",
    ]);
  });

  test("links to places that are there, each named once", () => {
    const ids = idsOf(page);
    expect(new Set(ids).size).toBe(ids.length);
    const targets = [...page.matchAll(/href="([^"]*)"/g)].map(([, target]) => target as string);
    expect(targets.length).toBeGreaterThan(50);
    for (const target of targets) expect(ids).toContain(target.replace(/^#/, ""));
  });

  test("opens with three findings, and folds the others and the checks that found nothing", () => {
    const summary = /<section id="summary".*?<\/section>/s.exec(page)?.[0] ?? "";
    const open = summary.replace(/<details>.*?<\/details>/gs, "");
    expect(open.match(/<li>/g)).toHaveLength(3);
    const folds = [...summary.matchAll(/<summary>([^<]*)<\/summary><ul[^>]*>(.*?)<\/ul>/gs)];
    for (const [, title = "", list = ""] of folds)
      expect(title).toMatch(new RegExp(`^And ${list.match(/<li>/g)?.length} (more|checks? that found nothing)`));
    const sure = { ...data.models[0]?.evaluation.calibration, expectedCalibrationError: 0.001 };
    const evaluation = { ...data.models[0]?.evaluation, calibration: sure } as ModelReport["evaluation"];
    expect(renderReport(withModel({ evaluation }))).toContain("<summary>And 1 check that found nothing</summary>");
  });

  test("sets names of models apart, wherever they stand in a sentence, and nothing like them", () => {
    expect(page).toContain('<p class="lead"><b class="name">compact</b> makes');
    const { models } = withModel({ name: "a.b (1)" });
    const html = (text: string) => [named({ models }, text)].flat().map(String).join("");
    expect(html("a.b (1) beats compact; compactness, x.a.b (1) and a-b do not")).toBe(
      '<b class="name">a.b (1)</b> beats <b class="name">compact</b>; compactness, x.a.b (1) and a-b do not',
    );
  });

  test("carries the fonts that it is given, and asks for none", async () => {
    const carried = renderReport(data, await embeddedFonts());
    expect(
      carried.match(/@font-face\{font-family:Inter;font-weight:[46]00;src:url\(data:font\/woff2;base64,/g),
    ).toHaveLength(2);
    expect(carried).toContain("font-src data:;");
    expect(carried.length - page.length).toBeLessThan(70_000);
    expect(page).not.toContain("@font-face");
  });

  test("gives the longer list of errors the whole width below the shorter one", () => {
    const [first, second] = data.models;
    const few = { ...data, models: [first, { ...second, errors: second?.errors?.slice(0, 2) }] } as ReportData;
    const section = /<section id="errors".*?<\/section>/s.exec(renderReport(few))?.[0] ?? "";
    const [beside = "", below = ""] = section.split('<div class="further"');
    expect(beside.match(/<article/g)).toHaveLength(4);
    expect(below).toContain(`Further errors of ${first?.name}`);
    const shown = below.replace(/<details>.*?<\/details>/s, "");
    expect(shown.match(/<article/g)).toHaveLength(6);
    expect(section.match(/<article/g)).toHaveLength(2 + (first?.errors?.length ?? 0));
  });

  test("leads from every confusion to its images", () => {
    data.models.forEach(({ evaluation }, model) => {
      for (const { label, predicted } of evaluation.errors) {
        expect(page).toContain(`href="#confused-${model}-${label}-${predicted}"`);
        expect(page).toContain(`<li id="confused-${model}-${label}-${predicted}"`);
      }
    });
  });

  test("shows the errors the caller gave, the most confident first", () => {
    const shown = idsOf(page).filter((id) => id.startsWith("error-0-"));
    expect(shown).toEqual(data.models[0]?.evaluation.errors.slice(0, 30).map(({ index }) => `error-0-${index}`));
    expect(page).toContain("The 30 most confident of 41 errors.");
    expect(page).toContain("All 25 errors.");
  });

  test("reaches for nothing outside itself", () => {
    const sources = [...page.matchAll(/\s(?:src|srcset|poster|action|data)="([^"]*)"/g)].map(
      ([, source]) => source as string,
    );
    for (const source of sources) expect(source).toMatch(/^data:image\/png;base64,/);
    expect(page.replace(/data:image\/png;base64,[^"]*/g, "")).not.toMatch(
      /https?:|\/\/\w|@import|<link|<iframe|<object|url\(/i,
    );
  });

  test("lets its own script run and nothing else", () => {
    expect(scriptHash).toBe(`sha256-${createHash("sha256").update(script).digest("base64")}`);
    expect(bones).toContain(`default-src &#39;none&#39;; img-src data:`);
    expect(bones).toContain(scriptHash);
    expect(page.match(/<script/g)).toHaveLength(1);
    expect(page).not.toMatch(/\son\w+="/);
  });

  test("escapes whatever the data says", () => {
    const evil = `<img src=x onerror="alert(1)">&amp;'`;
    const classes = data.data.classes.map((name) => `${evil}${name}`);
    const named = {
      ...data,
      title: evil,
      date: evil,
      findings: [evil],
      data: { ...data.data, name: evil, source: evil, image: evil, classes },
      models: data.models.map((model) => ({
        ...model,
        name: evil,
        description: evil,
        evaluation: {
          ...model.evaluation,
          classes,
          perClass: model.evaluation.perClass.map((scores, i) => ({ ...scores, name: classes[i] as string })),
        },
        layers: (model.layers ?? []).map((layer) => ({ ...layer, name: evil, operator: evil })),
        training: model.training && {
          ...model.training,
          optimiser: evil,
          augmentation: evil,
          schedule: evil,
          seed: evil,
        },
        errors: (model.errors ?? []).map((error) => ({ ...error, notes: [evil] })),
      })),
      reproduce: { commands: [evil], seed: evil, versions: [{ name: evil, version: evil }], notes: [evil] },
    } as ReportData;
    const html = renderReport(named);
    expect(html).not.toContain("<img src=x");
    expect(html).toContain("&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&amp;amp;&#39;");
  });

  test("is built so that everybody can find their way", () => {
    const levels = [...page.matchAll(/<h([1-6])/g)].map(([, level]) => Number(level));
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    levels.forEach((level, i) => expect(level - (levels[i - 1] ?? 0)).toBeLessThanOrEqual(1));
    for (const [image] of page.matchAll(/<img [^>]*>/g)) expect(image).toMatch(/ alt="[^"]+"/);
    for (const [svg] of page.matchAll(/<svg [^>]*>/g))
      expect(svg).toMatch(/aria-hidden="true"|role="img" aria-label="[^"]+"/);
    for (const [table] of page.matchAll(/<table[^>]*>.{0,12}/gs)) expect(table).toContain("<caption>");
    for (const [cell] of page.matchAll(/<th\b[^>]*>/g)) expect(cell).toContain("scope=");
  });

  test("leaves no hole where a value is missing", () => {
    expect(bones).not.toMatch(/undefined|null|NaN|Infinity|\[object/);
  });

  test("is the same each time and survives a trip through JSON", () => {
    expect(renderReport(JSON.parse(JSON.stringify(data)))).toBe(page);
  });

  test("stays small beside its pictures", () => {
    expect(bones.length).toBeLessThan(250_000);
  });
});

describe("renderReport(data) with little data", () => {
  test("leaves out the sections that have nothing to show", () => {
    const [model] = data.models as [ModelReport];
    const bare = renderReport({
      title: "Bare",
      date: "today",
      data: { ...data.data, samples: [] },
      models: [{ name: "net", evaluation: model.evaluation }],
      reproduce: { commands: ["fovea report"], seed: 1, versions: [] },
    });
    const ids = [...bare.matchAll(/<section id="([^"]+)"/g)].map(([, id]) => id);
    expect(ids).toEqual(["summary", "results", "confusion", "errors", "data", "reproduce"]);
    expect(bare).toContain("41 errors, none with a picture in this report.");
    for (const [, target] of bare.matchAll(/href="#([^"]*)"/g)) expect(idsOf(bare)).toContain(target);
  });

  test("marks models without a training or layers of their own", () => {
    const { training, layers, ...bare } = data.models[0] as ModelReport;
    const html = renderReport({ ...data, models: [bare, ...data.models.slice(1)] });
    expect(html).toContain("It came trained.");
    expect(html).toContain("Its layers were not recorded.");
  });

  test("says that a map is blank, and puts no such map at the top", () => {
    const [comparison] = data.comparisons ?? [];
    const blank = <T extends { readonly before: object; readonly after: object }>(changes: readonly T[] = []) =>
      changes.map((change) => ({ ...change, before: { ...change.before, scale: 0 } }));
    const changed = { ...comparison, fixed: blank(comparison?.fixed), broken: blank(comparison?.broken) };
    const errors = [{ ...firstError(), maps: { ...(firstError().maps as ErrorMaps), scale: 0 } }];
    const html = renderReport({ ...withModel({ errors }), comparisons: [changed] } as ReportData);
    expect(html).toContain("the map is zero");
    expect(html).toContain("All maps of this image are zero.");
    expect(html).toContain("The most confident error: which regions raise the score of each class");
  });

  test("is happy for a model without errors", () => {
    const [model] = data.models as [ModelReport];
    const evaluation = {
      ...model.evaluation,
      errors: [],
      confusion: model.evaluation.confusion.map((row, i) => row.map((n, j) => (i === j ? n : 0))),
    };
    const html = renderReport({ ...data, comparisons: [], models: [{ ...model, evaluation, errors: [] }] });
    expect(html).not.toContain('<section id="errors"');
    expect(html).toContain("It made no error.");
  });
});

describe("renderReport(data) refuses", () => {
  const picture = { src: "data:image/png;base64,AAAA", width: 1, height: 1 };
  const refused: [string, () => ReportData, RegExp][] = [
    ["no models", () => ({ ...data, models: [] }), /renderReport: models: expected at least one, got none/],
    [
      "pictures from elsewhere",
      () => withModel({ errors: [{ ...firstError(), image: { ...picture, src: "https://example.org/a.png" } }] }),
      /models\[0\]\.errors\[0\]\.image\.src: expected a base64 data URL/,
    ],
    [
      "drawings that could hold script",
      () => withModel({ errors: [{ ...firstError(), image: { ...picture, src: "data:image/svg+xml;base64,AAAA" } }] }),
      /image\.src/,
    ],
    [
      "pictures without size",
      () => withModel({ errors: [{ ...firstError(), image: { ...picture, width: 0 } }] }),
      /expected a size in pixels, got 0 × 1/,
    ],
    [
      "classes that are none",
      () => withModel({ errors: [{ ...firstError(), predicted: 10 }] }),
      /errors\[0\]\.predicted: expected a class index from 0 to 9, got 10/,
    ],
    [
      "maps without colours",
      () => ({ ...data, maps: undefined }) as unknown as ReportData,
      /maps: expected the method and colours of models\[0\]/,
    ],
    [
      "colours that could hold style",
      () => ({
        ...data,
        maps: {
          method: "",
          colours: { name: "", stops: ["red;}", "#000000"] },
          differenceColours: { name: "", stops: [] },
        },
      }),
      /maps\.colours\.stops/,
    ],
    [
      "scales that are none",
      () => withModel({ meanMaps: [{ label: 0, count: 1, picture, scale: Number.NaN }] }),
      /meanMaps\[0\]\.scale: expected a number of at least 0, got NaN/,
    ],
    [
      "comparisons with models that are not there",
      () => ({ ...data, comparisons: data.comparisons?.map((each) => ({ ...each, after: 2 })) }) as ReportData,
      /comparisons\[0\]\.after: expected an index from 0 to 1, got 2/,
    ],
    [
      "an evaluation of other classes",
      () => ({ ...data, data: { ...data.data, classes: ["a"], samples: [] } }),
      /models\[0\]\.evaluation\.classes/,
    ],
  ];
  test.each(refused)("%s", (_, make, message) => {
    expect(() => renderReport(make())).toThrow(message);
    expect(() => renderReport(make())).toThrow(FoveaError);
  });
});
