/** @file Accuracy and maps under attack. */

import type { CorrelationSummary } from "../../../../evaluate/attack/attack-study.js";
import { count, counted } from "../../../../foundation/words.js";
import type { AttackExample, ReportData, RobustnessReport } from "../../../report-data.js";
import { fixed, percentage, probability } from "../../format.js";
import { type Html, html } from "../../html.js";
import {
  captioned,
  className,
  colourBar,
  columns,
  imageName,
  imageWord,
  mapValues,
  type ReportSection,
  scrollable,
} from "../../parts.js";

export const robustnessSection: ReportSection = {
  id: "robustness",
  title: "Under attack",
  render(data) {
    if (!data.models.some(({ robustness }) => robustness)) return undefined;
    return {
      intro:
        "Small changes, made to mislead this very model, show how far its answers can be trusted: this is for measuring a model of one's own. No pixel moves by more than eps, where 0 is black and 1 is white. The maps are those of the true class: rank correlation 1 means that they keep their order under the attack, 0 that nothing of it is left, below 0 that it is turned round.",
      body: columns(
        data,
        ({ name, robustness }) => robustness && report(data, name, robustness),
        "It was not attacked.",
      ),
    };
  },
};

function report(data: ReportData, name: string, { attack, levels, examples }: RobustnessReport): Html {
  const first = levels[0]?.summary;
  const untouched = first && row(0, first.correct / first.count, 0, "–", "–", "–");
  const rows = levels.map(({ eps, summary }) =>
    row(
      eps,
      summary.accuracy.value,
      summary.flippedShare.value,
      correlation(summary.rankCorrelation, summary.count),
      correlation(summary.evidenceCorrelation, summary.count),
      count(summary.blank),
    ),
  );
  const heads = ["Accuracy", "Flipped", "Map", "Evidence", "Blank"];
  return html`${scrollable(
    `${name} under attack`,
    html`<table><caption>${attack} on ${counted(first?.count ?? 0, imageWord(data.data))}. Flipped: of the correct predictions. Map and evidence (the map before its ReLU): mean rank correlation with what they were; of some maps only, where others are blank.</caption>
<thead><tr><th scope="col">eps</th>${heads.map((head) => html`<th scope="col" class="number">${head}</th>`)}</tr></thead><tbody>${untouched}${rows}</tbody></table>`,
  )}
${examples.length > 0 && html`<div class="cards">${examples.map((example) => card(data, example))}</div>`}`;
}

function row(eps: number, accuracy: number, flipped: number, ...cells: readonly string[]): Html {
  const bar = html`<span class="bar" style="width:${fixed(100 * accuracy, 1)}%"></span>`;
  const rest = [eps === 0 ? "–" : percentage(flipped), ...cells].map((cell) => html`<td class="number">${cell}</td>`);
  return html`<tr><th scope="row">${eps}</th><td class="number bar-cell">${percentage(accuracy)}${bar}</td>${rest}</tr>`;
}

/** With how many images it is about, where that is not all of them. */
function correlation(summary: CorrelationSummary | null, images: number): string {
  if (summary === null) return "–";
  const of = summary.count < images ? ` (${count(summary.count)})` : "";
  return `${fixed(summary.mean, 2)}${of}`;
}

function card(data: ReportData, example: AttackExample): Html {
  const { eps, outcome, image, perturbation, attacked, maps } = example;
  const { label, before, after } = outcome;
  const [truth, prediction] = [className(data, label), className(data, after.predicted)];
  const called = imageName(example);
  const place = `over ${called}`;
  const shots = [
    captioned(image, called, html`<b>${className(data, before.predicted)}</b>, ${probability(before.confidence)}`),
    captioned(perturbation, `What was added to ${called}`, `added, × ${(0.5 / eps).toPrecision(2)}`),
    captioned(attacked, `${called}, attacked`, html`<b>${prediction}</b>, ${probability(after.confidence)}`),
    captioned(maps.before, `Map for ${truth} ${place}`, html`for <b>${truth}</b>`),
    captioned(maps.after, `Map for ${truth} ${place}, attacked`, html`for <b>${truth}</b>, after`),
    captioned(maps.now, `Map for ${prediction} ${place}, attacked`, html`for <b>${prediction}</b>, after`),
  ];
  const note = outcome.blank
    ? `After the attack no region raises the score of ${truth}: its map is blank.`
    : outcome.rankCorrelation !== null &&
      `Rank correlation of the maps for ${truth}: ${fixed(outcome.rankCorrelation, 2)}.`;
  return html`<article class="card"><header><h4><b>${truth}</b> became <b>${prediction}</b></h4><p class="quiet">${called}, eps ${eps}</p></header>
<div class="shots three">${shots}</div>
${data.maps && html`<div class="colour-bars">${colourBar(data.maps.colours, "map value", mapValues(maps.scale))}</div>`}
${note && html`<p class="quiet">${note}</p>`}</article>`;
}
