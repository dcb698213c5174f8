/** @file The images that one model fixed and broke against another. */

import { count, counted } from "../../../../foundation/words.js";
import type { ChangeReport, ChangeSide, ComparisonReport, ReportData } from "../../../report-data.js";
import { probability, pValue } from "../../format.js";
import { type Html, html } from "../../html.js";
import { captioned, className, colourBar, imageName, imageWord, type ReportSection } from "../../parts.js";

/** How many images of a list are open to the eye; the others unfold. */
const open = 6;

export const comparisonSection: ReportSection = {
  id: "changes",
  title: "What changed",
  render(data) {
    const { comparisons = [] } = data;
    if (comparisons.length === 0) return undefined;
    return {
      intro:
        "Both models saw the same images. A fixed image was wrong before and is right now; a broken one the other way round.",
      body: html`${comparisons.map((comparison) => changes(data, comparison))}`,
    };
  },
};

/** The names of the two models. */
interface Names {
  readonly old: string;
  readonly improved: string;
}

function changes(data: ReportData, { before, after, result, fixed, broken }: ComparisonReport): Html {
  const names = { old: data.models[before]?.name ?? "", improved: data.models[after]?.name ?? "" };
  const { old, improved } = names;
  const verdict =
    result.pValue < 0.05
      ? "Chance alone would rarely split the changed images so unevenly"
      : "Chance alone could well split the changed images like this";
  const table = html`<table class="four"><caption>${counted(result.count, imageWord(data.data))} by who is right</caption>
<thead><tr><td></td><th scope="col">${improved} right</th><th scope="col">${improved} wrong</th></tr></thead>
<tbody><tr><th scope="row">${old} right</th><td>${count(result.bothRight)}</td><td class="lost"><b>${count(result.broken.length)}</b> broken</td></tr>
<tr><th scope="row">${old} wrong</th><td class="won"><b>${count(result.fixed.length)}</b> fixed</td><td>${count(result.bothWrong.length)}</td></tr></tbody></table>`;
  return html`<h3>From ${old} to ${improved}</h3>
<div class="verdict">${table}<p>${improved} fixed <b>${count(result.fixed.length)}</b> and broke <b>${count(result.broken.length)}</b>; ${counted(result.bothWrong.length, "image")} ${result.bothWrong.length === 1 ? "stays" : "stay"} wrong in both. ${verdict}: ${pValue(result.pValue)} (McNemar’s exact test).</p></div>
${data.maps && html`<div class="own-scale">${colourBar(data.maps.colours, `${data.maps.method} for the class each model said`, ["0", "its largest value"])}</div>`}
${changeList(data, names, { title: "Fixed", shown: fixed, all: result.fixed.length })}
${changeList(data, names, { title: "Broken", shown: broken, all: result.broken.length })}`;
}

interface ChangeList {
  readonly title: string;
  readonly shown: readonly ChangeReport[];
  /** How many images there are, shown or not. */
  readonly all: number;
}

function changeList(data: ReportData, names: Names, { title, shown, all }: ChangeList): Html {
  const rest = shown.length - open;
  const cards = shown.map((change) => card(data, change, names));
  return html`<h4 class="list-title">${title} <small>${shown.length < all ? `${count(shown.length)} of ${count(all)}` : count(all)}</small></h4>
${shown.length === 0 ? html`<p class="quiet">None${all > 0 && " with a picture in this report"}.</p>` : html`<div class="cards changes">${cards.slice(0, open)}</div>`}
${rest > 0 && html`<details><summary>${count(rest)} more ${title.toLowerCase()}</summary><div class="cards changes">${cards.slice(open)}</div></details>`}`;
}

function card(data: ReportData, change: ChangeReport, { old, improved }: Names): Html {
  const { label, image, before, after } = change;
  const [truth, called] = [className(data, label), imageName(change)];
  const side = (name: string, { predicted, confidence, map, scale }: ChangeSide) => {
    const prediction = className(data, predicted);
    const words = html`${name}: <b>${prediction}</b> <small>${predicted === label ? "right" : "wrong"}, ${probability(confidence)}</small>${scale === 0 && html`<small>the map is zero</small>`}`;
    if (!map) return html`<figure class="shot"><figcaption>${words}</figcaption></figure>`;
    return captioned(map, `Map of ${name} for ${prediction} over ${called}`, words);
  };
  const shot = captioned(image, `${called}, true class ${truth}`, html`is <b>${truth}</b> <small>${called}</small>`);
  return html`<article class="card" aria-label="${called}"><div class="shots three">${shot}${side(old, before)}${side(improved, after)}</div></article>`;
}
