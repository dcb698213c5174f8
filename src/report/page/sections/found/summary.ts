/** @file The findings: three with their pictures, then the others, and the checks that found nothing, folded. */

import { counted } from "../../../../foundation/words.js";
import type { ReportData } from "../../../report-data.js";
import { named } from "../../findings/named.js";
import { type PicturedFinding, picturedFindings } from "../../findings/pictured.js";
import { summarise } from "../../findings/summarise.js";
import { type Html, html } from "../../html.js";
import { picture, type ReportSection, sentenceList } from "../../parts.js";

/** Findings that are open to the eye; those without a picture take the places that are left. */
const open = 3;

export const summarySection: ReportSection = {
  id: "summary",
  title: "In short",
  render(data) {
    const pictured = picturedFindings(data);
    const told = new Set(pictured.map(({ sentence }) => sentence));
    const { sentences, nothing } = summarise(data);
    const others = sentences.filter((text) => !told.has(text));
    const left = Math.max(0, open - pictured.length);
    return {
      body: html`${pictured.length > 0 && html`<ul class="findings">${pictured.map((each) => finding(data, each))}</ul>`}
${left > 0 && bullets(data, others.slice(0, left))}
${folded(data, others.slice(left), (count) => `And ${counted(count, "more finding")}`)}
${folded(data, nothing, (count) => `And ${counted(count, "check")} that found nothing`)}`,
    };
  },
};

function finding(data: ReportData, { sentence, picture: shot, alt, target }: PicturedFinding): Html {
  return html`<li>${picture(shot, alt)}<p>${named(data, sentence)} <a href="#${target}">See it</a></p></li>`;
}

function bullets(data: ReportData, sentences: readonly string[]): Html {
  return sentenceList(sentences.map((text) => named(data, text)));
}

function folded(data: ReportData, sentences: readonly string[], summary: (count: number) => string) {
  return (
    sentences.length > 0 &&
    html`<details><summary>${summary(sentences.length)}</summary>${bullets(data, sentences)}</details>`
  );
}
