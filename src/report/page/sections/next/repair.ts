/** @file The station of repair: what the model may go by, what of it was verified by exchange, and the repairs that were tried. */

import { repairsTable, verificationTable } from "../../../improvement/tables.js";
import {
  impossibleSentence,
  noPlace,
  nothingFound,
  repairIntro,
  stateOf,
  titles,
  triedFact,
} from "../../../improvement/words.js";
import type { HypothesisReport, RepairReport } from "../../../improvement-data.js";
import { drawTable } from "../../draw-table.js";
import { asSentence } from "../../format.js";
import { type Html, html } from "../../html.js";
import { picture, type ReportSection } from "../../parts.js";

export const repairSection: ReportSection = {
  id: "repair",
  title: titles.repair,
  render({ improvement }) {
    if (improvement === undefined) return undefined;
    const { replaced, hypotheses, repair } = improvement;
    const verification = verificationTable(hypotheses);
    return {
      intro: repairIntro(improvement),
      body: html`${replaced !== undefined && html`<p>${replaced}</p>`}${hypotheses.length > 0 ? html`<ul class="hypotheses">${hypotheses.map(hypothesis)}</ul>${verification && drawTable(verification)}` : html`<p>${nothingFound}</p>`}
${repair && repairs(repair)}`,
    };
  },
};

function hypothesis(report: HypothesisReport): Html {
  const { id, sentence, verdict, picture: shot } = report;
  return html`<li>${shot ? picture(shot, `Place of ${id}`) : html`<span class="no-place">${noPlace}</span>`}<div><h3>${id} <small>${stateOf(report)}</small></h3><p>${asSentence(sentence)}</p>${verdict && html`<p class="quiet">${asSentence(verdict.reason)}</p>`}</div></li>`;
}

function repairs(report: RepairReport): Html {
  const { sentence, impossible } = report;
  return html`<h3 class="list-title">Repairs <small>${triedFact(report)}</small></h3><p>${asSentence(sentence)}</p>
${drawTable(repairsTable(report))}
${impossible.length > 0 && html`<ul class="notes">${impossible.map((each) => html`<li>${impossibleSentence(each)}</li>`)}</ul>`}`;
}
