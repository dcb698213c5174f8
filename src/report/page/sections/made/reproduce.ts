/** @file The section with the commands that make the report again. */

import type { ReproduceReport } from "../../../report-data.js";
import { type Html, html } from "../../html.js";
import { factList, type ReportSection, scrollable } from "../../parts.js";

export const reproduceSection: ReportSection = {
  id: "reproduce",
  title: "Do it again",
  render: ({ reproduce }) => ({ body: reproduction(reproduce) }),
};

/** The commands that make a report again, with what they ran on. */
export function reproduction({ commands, seed, versions, notes = [] }: ReproduceReport): Html {
  const facts = [["Seed", seed] as const, ...versions.map(({ name, version }) => [name, version] as const)];
  return html`${scrollable("Commands", html`<pre><code>${commands.join("\n")}</code></pre>`)}
${factList(facts)}
${notes.length > 0 && html`<ul class="notes">${notes.map((note) => html`<li>${note}</li>`)}</ul>`}`;
}
