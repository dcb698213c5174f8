/** @file A detector's report as one self-contained HTML page. */

import { count, counted } from "../../../foundation/words.js";
import type { EmbeddedFont } from "../../../image/figure/embedded-font.js";
import { percentage, probability } from "../../page/format.js";
import { type Feature, heroOf } from "../../page/hero.js";
import { html } from "../../page/html.js";
import { factList, type SectionContent, sentenceList } from "../../page/parts.js";
import { reproduction } from "../../page/sections/made/reproduce.js";
import { type Chapter, renderShell, sectionOf } from "../../page/shell.js";
import { stationList } from "../../page/stations.js";
import type { DetectionReportData, ExampleReport } from "../detection-data.js";
import { correctExamples, errorExamples } from "./examples.js";
import { mapsSection } from "./maps.js";
import { errorKindsSection, results } from "./results.js";
import { average, costliest, findings, kindsInShort, lead } from "./words.js";

/** Renders the report as one HTML file that needs nothing else: no network, no font. Sections without data are left out. @param fonts as for `renderReport` */
export function renderDetectionReport(data: DetectionReportData, fonts?: readonly EmbeddedFont[]): string {
  const { title, date, model, data: set } = data;
  const head = html`${heroOf({ title, lead: lead(data), facts: [set.name, model.name, date], feature: feature(data) })}${stations(data)}`;
  const chapters: Chapter[] = [
    {
      title: "What was found",
      sections: [
        ...sectionOf("summary", "In short", summary(data)),
        ...sectionOf("results", "Results", results(data)),
        ...sectionOf("kinds", "Kinds of errors", errorKindsSection(data)),
        ...sectionOf("errors", "The errors", errorExamples(data)),
        ...sectionOf("correct", "Correct boxes", correctExamples(data)),
        ...sectionOf("maps", "Can the maps be trusted?", mapsSection(data)),
      ],
    },
    {
      title: "How it was made",
      sections: [
        ...sectionOf("data", "Data and model", dataAndModel(data)),
        ...sectionOf("reproduce", "Do it again", { body: reproduction(data.reproduce) }),
      ],
    },
  ];
  return renderShell({ title, date, head, fonts }, chapters);
}

function summary(data: DetectionReportData): SectionContent {
  return { body: sentenceList(findings(data)) };
}

/** The surest correct box and the surest error, near by. */
function feature({ examples, maps }: DetectionReportData): Feature | undefined {
  const shot = (example: ExampleReport | undefined) =>
    example?.closeUp && example.found
      ? [
          {
            picture: example.closeUp,
            alt: `Map of the ${example.found.label} box over ${example.image}`,
            title: example.found.label,
            detail: `${kindsInShort[example.kind]}, ${probability(example.found.score)} sure`,
          },
        ]
      : [];
  const drawn = examples.filter(({ closeUp, peak }) => closeUp && peak > 0);
  const right = drawn.find(({ kind }) => kind === "correct");
  const wrong = drawn
    .filter(({ kind }) => kind !== "correct" && kind !== "missed")
    .toSorted((a, b) => (b.found?.score ?? 0) - (a.found?.score ?? 0))[0];
  const shots = [...shot(right), ...shot(wrong)];
  if (shots.length === 0) return undefined;
  return {
    shots,
    caption: `${maps.method}: which regions raise the score of a box, for the surest right and the surest wrong one.`,
  };
}

function stations(data: DetectionReportData) {
  const { evaluation, data: set, maps, names } = data;
  const { images, objects, overall, shownErrors } = evaluation;
  const all = Object.values(shownErrors).reduce((sum, each) => sum + each, 0);
  const worst = costliest(data);
  const own = maps.summary.find(({ name }) => name === maps.name)?.measures.energy;
  return stationList("From data to maps", [
    {
      title: "Data",
      fact: `${counted(images, "picture")}, ${counted(objects, "object")}, ${counted(set.classes.length, "class", "classes")}`,
      section: "data",
    },
    { title: "Model", fact: `AP ${average(overall.ap)}, AP50 ${average(overall.ap50)}`, section: "results" },
    { title: "Errors", fact: `${count(all)} shown${worst ? `; ${worst.kind} costs most` : ""}`, section: "kinds" },
    own
      ? { title: "Maps", fact: `${percentage(own.value, 0)} on their own objects`, section: "maps" }
      : { title: "Maps", fact: "open: no box is correct" },
    { title: "Look", fact: "open: a picture of your own", command: `fovea explain --model ${names.model} PICTURE` },
  ]);
}

function dataAndModel({ data, model, limits }: DetectionReportData): SectionContent {
  const rows: [string, string][] = [
    ["Pictures", data.source],
    ["Model", `${model.name}, ${model.layout}`],
    [
      "Boxes",
      `score ${limits.confidence} or more; of two of a class that overlap by more than ${limits.overlap} the surer one`,
    ],
    ["Classes", data.classes.slice(0, mostNamed).join(", ") + (data.classes.length > mostNamed ? " …" : "")],
  ];
  return { body: factList(rows) };
}

/** Class names that are listed. */
const mostNamed = 40;
