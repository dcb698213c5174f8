/** @file Labels that may be wrong, as a queue to decide on: the model contradicts them with confidence, steadily, and about the object. */

import { undecidedRow } from "../../../../data/label-changes.js";
import { labelFloors } from "../../../../evaluate/classifier/label-doubts.js";
import { counted } from "../../../../foundation/words.js";
import { labelQueue, type QueuedLabel } from "../../../label-queue.js";
import type { ModelReport, ReportData } from "../../../report-data.js";
import { fixed, percentage, probability } from "../../format.js";
import { type Html, html } from "../../html.js";
import { captioned, className, errorId, imageName, type ReportSection } from "../../parts.js";

/** How many are open to the eye; the others unfold. */
const open = 12;

export const labelsSection: ReportSection = {
  id: "labels",
  title: "Labels to look at again",
  render(data) {
    const queue = labelQueue(data);
    if (queue.length === 0 && !data.models.some(({ confidence }) => confidence)) return undefined;
    const boxed = data.models.some(({ errors = [] }) => errors.some(({ onObject }) => onObject));
    const cards = queue.map((each) => one(data, each));
    const rest = cards.length - open;
    return {
      intro: `What was asked for: confidence at a fitted temperature, and still no more than 5 points off; of both classes at least ${labelFloors.images} images with ${percentage(labelFloors.accuracy, 0)} of them right; as sure of the other class as the model usually is of that class’s own images, and at least ${percentage(labelFloors.confidence, 0)}; nine in ten of its answers right where it is as sure; the same answer on every slightly changed version${boxed ? "; where the object’s box is known, more evidence there than a uniform map has" : ""}; and more such labels than a model as sure as this contradicts by chance (after Northcutt et al., Confident Learning, 2021). Wrong labels that the model agrees with cannot be seen so.`,
      body: html`${data.models.map((model) => counts(model))}
${cards.length > 0 && html`<p>Either the label is wrong, or the model is badly mistaken.<span class="with-script"> Say which: what you choose is kept in this page only, until you save it as <code>label-changes.csv</code> for <code>fovea improve --accept</code>.</span></p><div class="queue"><div class="gallery photos">${cards.slice(0, open)}</div>${rest > 0 && html`<details><summary>${counted(rest, "more label")}</summary><div class="gallery photos">${cards.slice(open)}</div></details>`}</div>`}`,
    };
  },
};

/** How many labels a model doubts, next to how many it would doubt if all were right. */
function counts({ name, confidence }: ModelReport): Html | undefined {
  if (confidence === undefined) return undefined;
  const { doubted, scaledError, isMisled } = confidence;
  if (isMisled) return html`<p class="quiet">${name} has no say: it goes by a cue that was verified.</p>`;
  if (doubted === undefined)
    return html`<p class="quiet">${name} has no say: even at its temperature its confidence is ${fixed(scaledError * 100, 1)} points off.</p>`;
  const chance = `about ${fixed(doubted.expected, 1)} would be if all labels were right`;
  const verdict = doubted.pValue < 0.05 ? "" : ": no more than chance allows, so none is listed";
  return html`<p class="quiet">${name} contradicts ${counted(doubted.found, "label")} with confidence; ${chance}${doubted.found > 0 && verdict}.</p>`;
}

function one(data: ReportData, queued: QueuedLabel): Html {
  const { error, models, path } = queued;
  const [label, prediction] = [className(data, error.label), className(data, error.predicted)];
  const said = data.models.length > 1 ? ` (${models.map((model) => data.models[model]?.name ?? "").join(", ")})` : "";
  const shown = models[0] ?? 0;
  const words = html`labelled <b>${label}</b>; it says <b>${prediction}</b>, ${probability(error.confidence)}${said} <small><a href="#${errorId(shown, error.index)}">${imageName(error)}</a></small>`;
  // As ASCII: attributes show names in a form that nothing invisible hides in, and the saved file needs them as they are.
  const change = encodeURIComponent(JSON.stringify([path, undecidedRow(queued)]));
  return html`<div data-change="${change}">${captioned(error.thumbnail ?? error.image, `${imageName(error)}, labelled ${label}`, words)}</div>`;
}
