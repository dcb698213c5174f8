/** @file A report of concepts as one self-contained HTML page. */

import { count, counted } from "../../../foundation/words.js";
import type { EmbeddedFont } from "../../../image/figure/embedded-font.js";
import { percentage } from "../../page/format.js";
import { type Feature, heroOf } from "../../page/hero.js";
import { html } from "../../page/html.js";
import { factList, picture, type SectionContent, sentenceList } from "../../page/parts.js";
import { reproduction } from "../../page/sections/made/reproduce.js";
import { type Chapter, renderShell, sectionOf } from "../../page/shell.js";
import { stationList } from "../../page/stations.js";
import type { ConceptsReportData } from "../concepts-data.js";
import { badge, conceptsSection } from "./concept-cards.js";
import { classesSection, glanceSection } from "./tables.js";
import { directionOf, explained, findings, howToRead, lead, limits, strongest, two } from "./words.js";

/** Renders the report as one HTML file that needs nothing else: no network, no font. Sections without data are left out. @param fonts as for `renderReport` */
export function renderConceptsReport(data: ConceptsReportData, fonts?: readonly EmbeddedFont[]): string {
  const { title, date, model, images } = data;
  const facts = [images, model, date];
  const head = html`${heroOf({ title, lead: lead(data), facts, feature: feature(data) })}${stations(data)}`;
  const chapters: Chapter[] = [
    {
      title: "What was found",
      sections: [
        ...sectionOf("summary", "In short", summary(data)),
        ...sectionOf("glance", "All concepts", glanceSection(data)),
        ...sectionOf("classes", "Importance for each class", classesSection(data)),
        ...sectionOf("concepts", "Each concept", conceptsSection(data)),
        ...sectionOf("together", "Concepts together", together(data)),
      ],
    },
    {
      title: "How it was made",
      sections: [
        ...sectionOf("limits", "What to keep in mind", { body: sentenceList(limits(data)) }),
        ...sectionOf("data", "Images, model and search", made(data)),
        ...sectionOf("reproduce", "Do it again", { body: reproduction(data.reproduce) }),
      ],
    },
  ];
  return renderShell({ title, date, head, fonts }, chapters);
}

function summary(data: ConceptsReportData): SectionContent {
  return { body: sentenceList(findings(data)) };
}

/** The best patches of the two concepts that count most. */
function feature({ concepts }: ConceptsReportData): Feature | undefined {
  const shots = concepts.slice(0, 2).flatMap(({ number, importance, patches: [best] }) =>
    best
      ? [
          {
            picture: best.picture,
            alt: `The best patch of concept ${number}, of ${best.image}`,
            title: `Concept ${number}`,
            detail: `importance ${two(importance.value)}`,
          },
        ]
      : [],
  );
  if (shots.length === 0) return undefined;
  return { shots, caption: "Where the most important concepts are strongest." };
}

function stations(data: ConceptsReportData) {
  const { concepts, search, layer, reproduce } = data;
  const raising = concepts.filter(({ drop }) => directionOf(drop) === "raises").length;
  const most = strongest(data);
  return stationList("From images to what they are worth", [
    { title: "Images", fact: counted(search.images, "image"), section: "data" },
    { title: "Layer", fact: `${layer.name}, ${layer.size}`, section: "data" },
    {
      title: "Concepts",
      fact: `${count(concepts.length)}, which leave over ${percentage(search.leftOver, 0)}`,
      section: "glance",
    },
    {
      title: "Worth",
      fact: `${count(raising)} of ${count(concepts.length)} raise the score${most ? `; ${most.number} most` : ""}`,
      section: "concepts",
    },
    data.classAsked === undefined
      ? {
          title: "One class",
          fact: "open: images of one class alone",
          command: `${reproduce.commands[0]} --class NAME`,
        }
      : { title: "One class", fact: data.classAsked, section: "data" },
  ]);
}

function together(data: ConceptsReportData): SectionContent | undefined {
  if (data.together.length === 0) return undefined;
  const shown = new Set(data.together.flatMap(({ numbers }) => numbers));
  const keys = data.concepts
    .filter(({ number }) => shown.has(number))
    .map((each) => html`<li>${badge(each)} <a href="#concept-${each.number}">concept ${each.number}</a></li>`);
  const figures = data.together.map(({ image, label, picture: whole, numbers }) => {
    const all = numbers.length > 0 ? `concept${numbers.length === 1 ? "" : "s"} ${numbers.join(", ")}` : "none of them";
    return html`<figure class="shot">${picture(whole, `${image} with the regions of ${all}`)}<figcaption>${image}<small><b>${label}</b>: ${all}</small></figcaption></figure>`;
  });
  return {
    intro: html`Images with the regions of the most important concepts, each in its colour. ${howToRead.region}`,
    body: html`<ul class="concept-key">${keys}</ul><div class="together">${figures}</div>`,
  };
}

function made(data: ConceptsReportData): SectionContent {
  const { search, layer, study } = data;
  const way =
    search.from === "crops"
      ? "non-negative matrix factorisation of crops of the images, as in CRAFT without its recursion"
      : "non-negative matrix factorisation of the layer’s places, as in deep feature factorisation";
  const rows: [string, string][] = [
    ["Images", `${counted(search.images, "image")} of ${data.images}`],
    ["Model", data.model],
    ["Layer", `${layer.name}, ${layer.size}: ${layer.reason}`],
    ["Score", `of ${explained(data)}, before softmax`],
    ["Search", `${way}; ${search.converged ? "it converged" : "it was stopped before it converged"}`],
    ["Measured on", `${counted(study.images, "image")}, which lie evenly among them`],
  ];
  return { body: factList(rows) };
}
