/** @file Single boxes with their maps, kind by kind. */

import { type ErrorKind, errorKinds, errorMeanings } from "../../../evaluate/detection/error-kinds.js";
import { shownFrom } from "../../../evaluate/detection/evaluate-detections.js";
import { count } from "../../../foundation/words.js";
import type { Box } from "../../../image/picture/resize.js";
import { fixed, probability } from "../../page/format.js";
import { type Html, html } from "../../page/html.js";
import { colourBar, mapValues, picture, type SectionContent } from "../../page/parts.js";
import type { DetectionReportData, ExampleReport } from "../detection-data.js";
import { capital } from "./words.js";

/** How many of a kind are open to the eye; the others unfold. */
const open = 4;

const key = html`<span class="key"></span>the found box, <span class="key true"></span>the object’s own. `;

export function errorExamples(data: DetectionReportData): SectionContent | undefined {
  const kinds = errorKinds.filter((kind) => data.examples.some((example) => example.kind === kind));
  if (kinds.length === 0) return undefined;
  return {
    intro: html`The surest of each kind with a score of ${shownFrom} or more: those are the ones worth understanding. ${key}${data.maps.method} shows which regions raise the score of that box, each map on its own scale. Of an object that was missed, the map is that of the box which comes nearest, whatever its score.`,
    body: html`${kinds.map((kind) => ofKind(data, kind))}`,
  };
}

export function correctExamples(data: DetectionReportData): SectionContent | undefined {
  const examples = data.examples.filter(({ kind }) => kind === "correct");
  if (examples.length === 0) return undefined;
  return {
    intro: html`The surest correct boxes. ${key}A map that lies beside its box is a warning even where the box is right.`,
    body: cards(data, examples),
  };
}

function ofKind(data: DetectionReportData, kind: ErrorKind): Html {
  const examples = data.examples.filter((example) => example.kind === kind);
  const all = data.evaluation.shownErrors[kind];
  const shown = examples.length < all ? `, ${count(examples.length)} of ${count(all)}` : `, ${count(all)}`;
  return html`<h3 class="list-title" id="errors-${kind}">${capital(kind)}<span class="quiet">${shown}: ${errorMeanings[kind]}</span></h3>${cards(data, examples)}`;
}

function cards(data: DetectionReportData, examples: readonly ExampleReport[]): Html {
  const all = examples.map((example) => card(data, example));
  const rest = all.length - open;
  return html`<div class="cards">${all.slice(0, open)}</div>
${rest > 0 && html`<details><summary>${rest} more</summary><div class="cards">${all.slice(open)}</div></details>`}`;
}

function card({ maps }: DetectionReportData, example: ExampleReport): Html {
  const { image, picture: whole, map, peak, found, object, overlap } = example;
  const marks = html`${object && mark("true", object.place)}${found && mark("found", found.place)}`;
  const shots = [
    html`<figure class="shot"><div class="boxed">${picture(whole, `${image} with its boxes`)}${marks}</div><figcaption>the picture</figcaption></figure>`,
    map &&
      found &&
      html`<figure class="shot"><div class="boxed">${picture(map, `Map of the ${found.label} box over ${image}`)}${marks}</div><figcaption>for <b>${found.label}</b>, score ${probability(found.score)}</figcaption></figure>`,
  ];
  const scale =
    peak > 0 ? colourBar(maps.colours, "map value", mapValues(peak)) : html`<p class="quiet">The map is zero.</p>`;
  return html`<article class="card"><header><h4>${heading(example)}</h4><p class="quiet">${image}</p></header>
<div class="shots two">${shots}</div>
<p class="quiet tried">${sentence(example, overlap)}</p>${map && html`<div class="colour-bars">${scale}</div>`}</article>`;
}

function mark(kind: "true" | "found", { x, y, width, height }: Box): Html {
  const share = (value: number) => `${Math.round(1000 * value) / 10}%`;
  return html`<span class="box ${kind}" style="left:${share(x)};top:${share(y)};width:${share(width)};height:${share(height)}"></span>`;
}

function heading({ kind, found, object }: ExampleReport): Html {
  if (kind === "missed") return html`<b>${object?.label}</b> missed`;
  if ((kind === "classification" || kind === "both") && object && found)
    return html`<b>${object.label}</b> taken for <b>${found.label}</b>`;
  return html`<b>${found?.label}</b>, ${probability(found?.score ?? 0)}`;
}

function sentence({ kind, found, object }: ExampleReport, overlap: number): string {
  if (kind === "missed")
    return found
      ? `the nearest box has a score of ${probability(found.score)} and an overlap of ${fixed(overlap, 2)}`
      : "no box comes near";
  if (kind === "background" || !object) return "no object there";
  return `overlap with the ${object.label} ${fixed(overlap, 2)}`;
}
