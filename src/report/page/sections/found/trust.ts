/** @file The section on trust in the maps: metrics next to baselines. */

import type { ClassSensitivity } from "../../../../evaluate/sanity/class-sensitivity.js";
import type { MetricSummary, TrustSummary } from "../../../../evaluate/studies/trust-summary.js";
import { counted } from "../../../../foundation/words.js";
import type { TrustReport } from "../../../report-data.js";
import { fixed } from "../../format.js";
import { type Html, html } from "../../html.js";
import { columns, type ReportSection, scrollable } from "../../parts.js";

export const trustSection: ReportSection = {
  id: "trust",
  title: "Can the maps be trusted?",
  render(data) {
    if (!data.models.some(({ trust }) => trust)) return undefined;
    return {
      intro:
        "A map always shows something. Here it is measured what the maps of this report are worth, next to baselines that don’t use the network: random maps as coarse as these, one that always shows the centre, and one that is the same everywhere. No measure is the truth; each says what it is known to get wrong.",
      body: columns(data, ({ name, trust }) => trust && report(name, trust), "Its maps were not measured."),
    };
  },
};

function report(name: string, { summary, metrics, classSensitivity }: TrustReport): Html {
  const { sources, count, comparisons, refused } = summary;
  const heads = sources.map(({ title }) => html`<th scope="col" class="number">${title}</th>`);
  const rows = metrics.map((metric) => row(metric, sources));
  const sentences = sources.flatMap(({ sentence }) => (sentence ? [html`<p>${sentence}</p>`] : []));
  const leftOut = Object.entries(refused).map(([name, images]) => {
    const { title = name, needs } = metrics.find((metric) => metric.name === name) ?? {};
    return html`<p class="notes">${title} left out ${images} of ${counted(count, "image")}${needs && html`: asked for is ${needs}`}.</p>`;
  });
  return html`${sentences}${classSensitivity && sensitivity(classSensitivity)}
${scrollable(
  `Trust in the maps of ${name}`,
  html`<table><caption>Means over ${counted(count, "image")} with 95% intervals. Better: than every baseline, image by image; worse: than at least one of them (sign-flip tests, Holm’s correction for ${comparisons} comparisons).</caption>
<thead><tr><th scope="col">Measure</th><th scope="col">Which is better</th>${heads}<th scope="col">What it gets wrong</th></tr></thead><tbody>${rows}</tbody></table>`,
)}${leftOut}`;
}

/** Whether the maps ask for the class, in a sentence; nothing where that could not be measured. */
function sensitivity({ title, verdict, rankCorrelation, pairs }: ClassSensitivity): Html | undefined {
  if (rankCorrelation === null) return undefined;
  const { mean, low, high } = rankCorrelation;
  const interval = low === null || high === null ? "" : ` (95% interval ${fixed(low, 2)} to ${fixed(high, 2)})`;
  return html`<p>${title} ${classSentences[verdict]}. Rank correlation of the map of the predicted class with that of another one (Sixt et al. 2020, ${counted(pairs, "pair")}): ${fixed(mean, 2)}${interval}.</p>`;
}

const classSentences = {
  blind: "never asks for the class: it shows the same map for all of them, and cannot tell why one was preferred",
  insensitive: "hardly asks for the class: its maps of two classes are alike",
  sensitive: "asks for the class: its maps of two classes differ",
  undecided: "may or may not ask for the class",
} as const;

function row(
  { name, title, better, weakness }: TrustReport["metrics"][number],
  sources: TrustSummary["sources"],
): Html {
  const cells = sources.map(({ metrics }) => html`<td class="number">${cell(metrics[name])}</td>`);
  return html`<tr><th scope="row">${title}</th><td>${better}</td>${cells}<td class="quiet">${weakness}</td></tr>`;
}

function cell(summary: MetricSummary | undefined): Html {
  if (!summary?.mean) return html`–`;
  const { mean, low, high } = summary.mean;
  const verdict = summary.verdict;
  const interval =
    low !== null && high !== null && html`<br><span class="quiet">${fixed(low, 2)} to ${fixed(high, 2)}</span>`;
  return html`<b>${fixed(mean, 2)}</b>${interval}${verdict && html`<br>${verdict}`}`;
}
