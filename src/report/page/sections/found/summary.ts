/** @file The findings in plain sentences. */

import { summarise } from "../../findings/summarise.js";
import { html } from "../../html.js";
import type { ReportSection } from "../../parts.js";

export const summarySection: ReportSection = {
  id: "summary",
  title: "In short",
  render(data) {
    const { sentences } = summarise(data);
    return {
      body: html`<ul class="summary">${sentences.map((text) => html`<li>${text}</li>`)}</ul>`,
    };
  },
};
