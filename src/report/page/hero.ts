/** @file The head of the page: its subject, the sentence to remember, and one image with where the networks looked. */

import type { Picture, ReportData } from "../report-data.js";
import { named } from "./findings/named.js";
import { summarise } from "./findings/summarise.js";
import { probability } from "./format.js";
import { type Fragment, type Html, html } from "./html.js";
import { className, imageName, picture } from "./parts.js";

/** Sight around the disc, fainter and coarser towards the edge. The disc fills the circle of radius 100. */
const rings = html`<svg class="rings" viewBox="-260 -260 520 520" aria-hidden="true">${[
  112, 128, 149, 176, 211, 255,
].map((radius, i) => html`<circle r="${radius}" opacity="${Math.round(42 - 7 * i) / 100}"/>`)}</svg>`;

/** Pictures of where a network looked, and what they show. */
export interface Feature {
  readonly shots: readonly {
    readonly picture: Picture;
    readonly alt: string;
    readonly title: string;
    readonly detail: string;
  }[];
  readonly caption: string;
}

export function hero(data: ReportData): Html {
  const { title, date, models } = data;
  const facts = [data.data.name, models.map(({ name }) => name).join(", "), date];
  return heroOf({ title, lead: named(data, summarise(data).lead), facts, feature: feature(data) });
}

/** The words of a head, with its pictures where there are some. */
export interface HeroWords {
  readonly title: string;
  /** The sentence to remember. */
  readonly lead: Fragment;
  readonly facts: readonly string[];
  readonly feature?: Feature | undefined;
}

export function heroOf({ title, lead, facts, feature: highlight }: HeroWords): Html {
  return html`<div class="hero"><div class="hero-words">
<h1>${title}</h1>
<p class="lead">${lead}</p>
<p class="facts-line">${facts.join(" · ")}</p></div>
${highlight && lens(highlight)}</div>`;
}

function lens({ shots, caption }: Feature): Html {
  const figures = shots.map(
    ({ picture: shot, alt, title, detail }) =>
      html`<figure>${rings}<div class="disc">${picture(shot, alt)}</div><figcaption><b>${title}</b> ${detail}</figcaption></figure>`,
  );
  return html`<div class="lens"><div class="discs">${figures}</div><p>${caption}</p></div>`;
}

/** An image that was fixed, seen by both models; else the most confident error, seen for both classes. */
function feature(data: ReportData): Feature | undefined {
  for (const { before, after, fixed } of data.comparisons ?? []) {
    const surest = [...fixed].sort((a, b) => b.before.confidence - a.before.confidence);
    for (const change of surest) {
      if ([change.before, change.after].some(({ map, scale }) => !map || scale === 0)) continue;
      const truth = className(data, change.label);
      const sides = [
        { model: before, ...change.before },
        { model: after, ...change.after },
      ];
      const shots = sides.flatMap(({ model, predicted, confidence, map }) => {
        const [name, prediction] = [data.models[model]?.name ?? "", className(data, predicted)];
        const alt = `Where ${name} looked on ${imageName(change)}`;
        return map
          ? [{ picture: map, alt, title: name, detail: `said ${prediction}, ${probability(confidence)} sure` }]
          : [];
      });
      return { shots, caption: `Where each looked on ${imageName(change)}: ${truth}, fixed.` };
    }
  }
  for (const { name, errors = [] } of [...data.models].reverse()) {
    const error = errors.find(({ maps }) => maps && maps.scale > 0);
    if (!error?.maps) continue;
    const [truth, answer] = [className(data, error.label), className(data, error.predicted)];
    const at = imageName(error);
    return {
      shots: [
        {
          picture: error.maps.predicted,
          alt: `Map for ${answer} over ${at}`,
          title: answer,
          detail: `what ${name} said, ${probability(error.confidence)} sure`,
        },
        {
          picture: error.maps.truth,
          alt: `Map for ${truth} over ${at}`,
          title: truth,
          detail: `what it is, ${probability(error.probabilityOfTruth)}`,
        },
      ],
      caption: `The most confident error: which regions raise the score of each class on ${at}.`,
    };
  }
  return undefined;
}
