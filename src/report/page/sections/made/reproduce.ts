/** @file The section with the commands that make the report again. */

import { html } from "../../html.js";
import { type ReportSection, scrollable } from "../../parts.js";

export const reproduceSection: ReportSection = {
  id: "reproduce",
  title: "Do it again",
  render({ reproduce }) {
    const { commands, seed, versions, notes = [] } = reproduce;
    const rows = versions.map(({ name, version }) => html`<div><dt>${name}</dt><dd>${version}</dd></div>`);
    return {
      body: html`${scrollable("Commands", html`<pre><code>${commands.join("\n")}</code></pre>`)}
<dl class="facts wide"><div><dt>Seed</dt><dd>${seed}</dd></div>${rows}</dl>
${notes.length > 0 && html`<ul class="notes">${notes.map((note) => html`<li>${note}</li>`)}</ul>`}`,
    };
  },
};
