/** @file The findings: first those that a picture shows best, then the others in plain sentences. */

import { type PicturedFinding, picturedFindings } from "../../findings/pictured.js";
import { summarise } from "../../findings/summarise.js";
import { type Html, html } from "../../html.js";
import { picture, type ReportSection } from "../../parts.js";

export const summarySection: ReportSection = {
  id: "summary",
  title: "In short",
  render(data) {
    const pictured = picturedFindings(data);
    const told = new Set(pictured.map(({ sentence }) => sentence));
    const sentences = summarise(data).sentences.filter((text) => !told.has(text));
    return {
      body: html`${pictured.length > 0 && html`<ul class="findings">${pictured.map(finding)}</ul>`}
<ul class="summary">${sentences.map((text) => html`<li>${text}</li>`)}</ul>`,
    };
  },
};

function finding({ sentence, picture: shot, alt, target }: PicturedFinding): Html {
  return html`<li>${picture(shot, alt)}<p>${sentence} <a href="#${target}">See it</a></p></li>`;
}
