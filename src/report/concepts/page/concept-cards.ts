/** @file Each concept: what it means, its patches, its maps, and what it does to each class. */

import { scaleLinear } from "d3-scale";
import { signedChart } from "../../page/charts/signed-chart.js";
import { fixed } from "../../page/format.js";
import { type Html, html } from "../../page/html.js";
import { captioned, colourBar, picture, type SectionContent } from "../../page/parts.js";
import type { ConceptMapReport, ConceptReport, ConceptsReportData } from "../concepts-data.js";
import { howToRead, interval, meaning, two } from "./words.js";

export function conceptsSection(data: ConceptsReportData): SectionContent {
  const domain = sharedDomain(data);
  return {
    intro: html`Patches are the parts of images where a concept is strongest, its region outlined. Maps show how much of it is where in the whole image. ${howToRead.region}`,
    body: html`<div class="own-scale">${colourBar(data.colours, "amount of the concept", ["none", "the most"])}</div>
<div class="concepts">${data.concepts.map((concept) => card(concept, data, domain))}</div>`,
  };
}

function card(concept: ConceptReport, data: ConceptsReportData, domain: readonly [number, number]): Html {
  const { number, colour, stable, patches, maps } = concept;
  const patch = patches.map(({ image, picture: part }, i) =>
    captioned(part, `Patch ${i + 1} of concept ${number}, of ${image}`, image),
  );
  return html`<article class="concept" id="concept-${number}" aria-labelledby="concept-${number}-name" style="--concept:${colour}">
<header><h3 id="concept-${number}-name">${badge(concept)} Concept ${number}</h3><p class="quiet">importance ${two(concept.importance.value)}${interval(concept.importance)}${!stable && ", not stable"}</p></header>
<p class="says">${meaning(concept, data)}</p>
${patches.length > 0 && html`<h4>Patches</h4><div class="patches">${patch}</div>`}
<div class="concept-parts">${maps.length > 0 && html`<div><h4>Maps</h4><div class="concept-maps">${maps.map((each) => mapFigure(each, number))}</div></div>`}
${worth(concept, data, domain)}</div></article>`;
}

/** The number of a concept in its colour. */
export function badge({ number, colour }: Pick<ConceptReport, "number" | "colour">): Html {
  return html`<span class="badge" style="--concept:${colour}" aria-hidden="true">${number}</span>`;
}

function mapFigure(
  { image, picture: map, label, score, without, answer, changes }: ConceptMapReport,
  number: number,
): Html {
  const then = changes ? html`; the answer is <b>${answer}</b> then` : "";
  return html`<figure class="shot">${picture(map, `Map of concept ${number} over ${image}`)}<figcaption>${image}<small><b>${label}</b> ${two(score)}, without it ${two(without)}${then}</small></figcaption></figure>`;
}

function worth(
  { number, classes }: ConceptReport,
  data: ConceptsReportData,
  domain: readonly [number, number],
): Html | undefined {
  const rows = data.classes.flatMap((name, i) => {
    const each = classes[i];
    return each ? [{ name, value: each.drop, text: change(each.drop.value) }] : [];
  });
  if (rows.length === 0) return undefined;
  const words = rows.map(({ name, value, text }) => `${name} ${text}${interval(value)}`).join(", ");
  const chart = signedChart(rows, {
    description: `What concept ${number} does to the score of each class: ${words}.`,
    domain,
    sides: ["lowers the score", "raises the score"],
  });
  return html`<div class="column"><h4>What it does to the score</h4>${chart}</div>`;
}

/** A change with its sign. */
function change(value: number): string {
  return `${value > 0 ? "+" : ""}${fixed(value, 2)}`;
}

/** One axis for all concepts: it holds each mean, and the near part of its interval. */
function sharedDomain({ concepts }: ConceptsReportData): [number, number] {
  const all = concepts.flatMap(({ classes }) => classes.flatMap((each) => (each ? [each.drop.value] : [])));
  const [low, high] = [Math.min(0, ...all), Math.max(0, ...all)];
  const spare = 0.15 * (high - low || 1);
  const [from = low, to = high] = scaleLinear([low < 0 ? low - spare : 0, high + spare], [0, 1])
    .nice(5)
    .domain();
  return [from, to];
}
