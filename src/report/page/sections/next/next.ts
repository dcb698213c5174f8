/** @file What to do next: what was found, as decisions with their commands. */

import { html } from "../../html.js";
import { type ReportSection, scrollable } from "../../parts.js";
import { lookedForSteps, nextSteps, type Step } from "../../steps/next-steps.js";

export const nextSection: ReportSection = {
  id: "next",
  title: "What to do next",
  render(data) {
    const steps = nextSteps(data);
    if (steps.length === 0 && !lookedForSteps(data)) return undefined;
    if (steps.length === 0)
      return {
        body: html`<p>Labels that models contradict, cues at the edges, errors that look alike, classes with few images and confidence were looked at. Nothing there asks for a change. What has no place on the image was not looked at: <code>fovea improve --only discover</code> does.</p>`,
      };
    return {
      intro:
        "Generated from what was found above, the most pressing first. Every command leaves the model as it is and writes another file.",
      body: html`<ol class="steps">${steps.map(step)}</ol>`,
    };
  },
};

function step({ title, why, command, effect, section }: Step) {
  return html`<li><h3>${title}</h3><p>${why} <a href="#${section}">See it</a></p>
${scrollable(`Command: ${title}`, html`<pre><code>${command}</code></pre>`)}
<p class="effect"><b>Expected:</b> ${effect}</p></li>`;
}
