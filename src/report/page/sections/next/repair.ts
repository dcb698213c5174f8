/** @file The station of repair: what the model may go by, what of it was verified by exchange, and the repairs that were tried. */

import { counted } from "../../../../foundation/words.js";
import type { HypothesisReport, RepairReport } from "../../../improvement-data.js";
import { asSentence, percentage, pValue } from "../../format.js";
import { type Html, html } from "../../html.js";
import { picture, type ReportSection, scrollable } from "../../parts.js";

export const repairSection: ReportSection = {
  id: "repair",
  title: "What was verified and repaired",
  render({ improvement }) {
    if (improvement === undefined) return undefined;
    const { subject, replaced, hypotheses, repair } = improvement;
    return {
      intro: html`Of ${subject}. A hypothesis comes from maps and probes of the training images. It is verified where answers follow the cue when it is exchanged between images of different classes, more often than when the same shape is exchanged elsewhere.`,
      body: html`${replaced !== undefined && html`<p>${replaced}</p>`}${hypotheses.length > 0 ? html`<ul class="hypotheses">${hypotheses.map(hypothesis)}</ul>${verification(hypotheses)}` : html`<p>Nothing was found that tells the classes besides the object.</p>`}
${repair && repairs(repair)}`,
    };
  },
};

function hypothesis({ id, sentence, verdict, picture: shot }: HypothesisReport): Html {
  const state = verdict === undefined ? "not tested" : verdict.verified ? "verified" : "not verified";
  return html`<li>${shot ? picture(shot, `Place of ${id}`) : html`<span class="no-place">no place on the image</span>`}<div><h3>${id} <small>${state}</small></h3><p>${asSentence(sentence)}</p>${verdict && html`<p class="quiet">${asSentence(verdict.reason)}</p>`}</div></li>`;
}

function verification(hypotheses: readonly HypothesisReport[]): Html | undefined {
  const tested = hypotheses.flatMap(({ id, tells, verdict }) => (verdict ? [{ id, tells, verdict }] : []));
  if (tested.length === 0) return undefined;
  const rows = tested.map(
    ({ id, tells, verdict: { verified, images, followed, elsewhere, corrected } }) =>
      html`<tr><th scope="row">${id}</th><td class="number">${percentage(tells.value)}</td><td class="number">${percentage(followed.value)}<br><span class="quiet">${percentage(followed.low, 0)} to ${percentage(followed.high, 0)}</span></td><td class="number">${elsewhere ? percentage(elsewhere.value) : "–"}</td><td class="number">${pValue(corrected)}</td><td class="number">${images}</td><td>${verified ? html`<b>verified</b>` : "not verified"}</td></tr>`,
  );
  return scrollable(
    "Verification",
    html`<table><caption>Exchanged between images of different classes: how often the answer becomes the donor’s class, with 95\u202f% intervals; p corrected for the number of hypotheses (Holm).</caption>
<thead><tr><th scope="col">Hypothesis</th><th scope="col" class="number">Tells the label</th><th scope="col" class="number">Answer follows</th><th scope="col" class="number">Elsewhere</th><th scope="col" class="number">p</th><th scope="col" class="number">Images</th><th scope="col">Verdict</th></tr></thead><tbody>${rows}</tbody></table>`,
  );
}

function repairs({ sentence, budget, candidates, impossible }: RepairReport): Html {
  const rows = candidates.map(
    ({ name, sentence: what, overall, worst, chosen }) =>
      html`<tr><th scope="row">${name}${chosen && html` <small>chosen</small>`}</th><td>${what}</td><td class="number bar-cell">${percentage(worst.value)}<span class="bar" style="width:${Math.round(1000 * worst.value) / 10}%"></span></td><td class="number">${percentage(overall)}</td></tr>`,
  );
  return html`<h3 class="list-title">Repairs <small>${counted(candidates.length - 1, "candidate")}</small></h3><p>${asSentence(sentence)}</p>
${scrollable(
  "Repairs that were tried",
  html`<table><caption>On the balanced test of the validation images, all with one budget: ${budget}.</caption>
<thead><tr><th scope="col">Repair</th><th scope="col">What it does</th><th scope="col" class="number">Worst group</th><th scope="col" class="number">Mean</th></tr></thead><tbody>${rows}</tbody></table>`,
)}
${impossible.length > 0 && html`<ul class="notes">${impossible.map(({ name, reason }) => html`<li>${name} could not be tried: ${reason}</li>`)}</ul>`}`;
}
