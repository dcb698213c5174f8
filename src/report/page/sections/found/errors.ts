/** @file The errors, the most confident first, each with where the network looked. */

import { count, counted } from "../../../../foundation/words.js";
import type { ErrorReport, MapsReport, ModelReport, ReportData } from "../../../report-data.js";
import { percentage, probability } from "../../format.js";
import { type Html, html } from "../../html.js";
import {
  captioned,
  className,
  colourBar,
  columns,
  differenceValues,
  errorId,
  imageName,
  isPhoto,
  mapValues,
  modelColour,
  type ReportSection,
} from "../../parts.js";

/** How many errors of a model are open to the eye; the others unfold. */
const open = 8;

export const errorsSection: ReportSection = {
  id: "errors",
  title: "The errors",
  render(data) {
    if (!data.models.some(({ evaluation }) => evaluation.errors.length > 0)) return undefined;
    const method = data.maps?.method;
    return {
      intro: html`The most confident first: those are the ones worth understanding.${
        method &&
        ` ${method} maps show which regions raise the score of a class. The last picture subtracts them: one side of its colours is where the predicted class won, the other where the true one did. All maps of an image share one scale, so that faint means weak.`
      }`,
      body: html`${columns(data, (model, index) => errorList(data, model, index), "")}${data.models.map((model, index) => further(data, model, index))}`,
    };
  },
};

/** As many errors as stand beside those of the other models: the rest of the longer list has the whole width below them. */
function besides({ models }: ReportData): number {
  return Math.min(open, Math.max(1, Math.min(...models.map(({ errors = [] }) => errors.length))));
}

function errorList(data: ReportData, { errors = [], evaluation }: ModelReport, model: number): Html {
  const all = evaluation.errors.length;
  if (all === 0) return html`<p class="quiet">It made no error on ${counted(evaluation.count, "image")}.</p>`;
  if (errors.length === 0)
    return html`<p class="quiet">${counted(all, "error")}, none with a picture in this report.</p>`;
  const cards = errors.slice(0, besides(data)).map((error) => card(data, error, model));
  const summary =
    errors.length < all
      ? `The ${count(errors.length)} most confident of ${counted(all, "error")}.`
      : `All ${counted(all, "error")}.`;
  return html`<p class="quiet">${summary}</p><div class="cards">${cards}</div>`;
}

function further(data: ReportData, { name, errors = [] }: ModelReport, model: number): Html | undefined {
  const from = besides(data);
  const cards = errors.slice(from).map((error) => card(data, error, model));
  if (cards.length === 0) return undefined;
  const shown = cards.slice(0, open - from);
  const folded = cards.slice(open - from);
  return html`<div class="further" style="--model:var(--model-${modelColour(data, model)})"><h3 class="model">Further errors of ${name}</h3>
${shown.length > 0 && html`<div class="cards">${shown}</div>`}
${folded.length > 0 && html`<details><summary>${counted(folded.length, "more error")}</summary><div class="cards">${folded}</div></details>`}</div>`;
}

function card(data: ReportData, error: ErrorReport, model: number): Html {
  const { index, label, predicted, confidence, probabilityOfTruth, image, maps, notes = [] } = error;
  const [truth, prediction, called] = [className(data, label), className(data, predicted), imageName(error)];
  const pictures = [
    captioned(image, `${called}, true class ${truth}`, "the image"),
    maps && captioned(maps.predicted, `Map for ${prediction} over ${called}`, html`for <b>${prediction}</b>`),
    maps && captioned(maps.truth, `Map for ${truth} over ${called}`, html`for <b>${truth}</b>`),
    maps &&
      captioned(
        maps.difference,
        `Map for ${prediction} minus map for ${truth} over ${called}`,
        html`<b>${prediction}</b> − <b>${truth}</b>`,
      ),
  ];
  return html`<article class="card" id="${errorId(model, index)}"><header><h4><b>${truth}</b> taken for <b>${prediction}</b></h4><p class="quiet">${called}</p></header>
<dl class="odds">${odds(prediction, "said", confidence)}${odds(truth, "true", probabilityOfTruth)}</dl>
<div class="shots${isPhoto(image) && " two"}">${pictures}</div>
${maps && data.maps && scales(data.maps, maps.scale)}
${tried(error)}
${notes.length > 0 && html`<ul class="notes">${notes.map((note) => html`<li>${note}</li>`)}</ul>`}</article>`;
}

/** How steady the prediction is, and whether it is about the object. */
function tried({ steady, onObject }: ErrorReport): Html | undefined {
  const parts = [
    ...(steady ? [`the same said of ${steady.same} of ${counted(steady.of, "slightly changed version")}`] : []),
    ...(onObject
      ? [
          `${percentage(onObject.share, 0)} of its evidence on the object, where a uniform map has ${percentage(onObject.even, 0)}`,
        ]
      : []),
  ];
  return parts.length > 0 ? html`<p class="quiet tried">${parts.join("; ")}</p>` : undefined;
}

function scales({ colours, differenceColours }: MapsReport, scale: number): Html {
  if (scale === 0) return html`<p class="quiet">All maps of this image are zero.</p>`;
  return html`<div class="colour-bars">${colourBar(colours, "map value", mapValues(scale))}${colourBar(differenceColours, "true ← → said", differenceValues(scale))}</div>`;
}

function odds(name: string, kind: "said" | "true", share: number): Html {
  return html`<div class="${kind}"><dt><span class="quiet">${kind}</span> ${name}</dt><dd><span class="bar" style="width:${Math.round(share * 1000) / 10}%"></span><span>${probability(share)}</span></dd></div>`;
}
