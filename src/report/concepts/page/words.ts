/** @file What a report of concepts says in words. */

import type { Proportion } from "../../../evaluate/statistics/proportion.js";
import { counted, list } from "../../../foundation/words.js";
import { asSentence, fixed, percentage } from "../../page/format.js";
import { type Fragment, html } from "../../page/html.js";
import type { ConceptReport, ConceptsReportData } from "../concepts-data.js";

/** What a change of a score is known to be. */
export type Direction = "raises" | "lowers" | "unclear";

/** Of a fall of the score without a concept: a concept that raises the score, or lowers it, or whose interval holds 0. */
export function directionOf({ value, low, high }: Proportion): Direction {
  if (low > 0) return "raises";
  if (high < 0) return "lowers";
  if (low < high || value === 0) return "unclear";
  return value > 0 ? "raises" : "lowers";
}

/** `0.93`. */
export function two(value: number): string {
  return fixed(value, 2);
}

/** ` (0.90 to 0.96)`, or nothing for a single image. */
export function interval({ low, high }: Proportion): string {
  return low < high ? ` (${two(low)} to ${two(high)})` : "";
}

/** The class whose score is told of: that which was asked for, or each image's own. */
export function explained({ classAsked }: Pick<ConceptsReportData, "classAsked">): string {
  return classAsked === undefined ? "the predicted class" : classAsked;
}

/** The concept without which the score falls most, where it is known to fall. */
export function strongest({ concepts }: ConceptsReportData): ConceptReport | undefined {
  const raising = concepts.filter(({ drop }) => directionOf(drop) === "raises");
  return raising.toSorted((a, b) => b.drop.value - a.drop.value)[0];
}

/** The sentence to remember. */
export function lead(data: ConceptsReportData): Fragment {
  const [first] = data.concepts;
  if (first === undefined) return "No concept was found.";
  const most = strongest(data);
  if (most === undefined) return "No concept is known to raise the score.";
  return `Concept ${most.number} counts most: without it the score falls by ${two(most.drop.value)} of ${two(data.study.score)}.`;
}

/** What is worth knowing, most important first. */
export function findings(data: ConceptsReportData): Fragment[] {
  const { concepts, search, study, layer } = data;
  const most = strongest(data);
  const lowering = concepts.filter(({ drop }) => directionOf(drop) === "lowers");
  const idle = concepts.filter(({ drop }) => directionOf(drop) === "unclear");
  const loose = concepts.filter(({ stable }) => !stable);
  return [
    `${counted(concepts.length, "concept")} of ${counted(search.images, "image")} ${concepts.length === 1 ? "leaves" : "leave"} over ${percentage(search.leftOver)} of what the layer ${layer.name} holds.`,
    ...(most ? [html`${link(most)} counts most. ${without(most, data)}`] : []),
    ...(lowering.length > 0
      ? [html`${links(lowering)} ${lowering.length === 1 ? "lowers" : "lower"} the score: it rises without.`]
      : []),
    ...(idle.length > 0 ? [html`Of ${links(idle)} it is not known whether the score rises or falls without.`] : []),
    ...(loose.length > 0
      ? [html`${links(loose)} ${loose.length === 1 ? "is" : "are"} not stable: other starts of the search find others.`]
      : []),
    rebuiltWords(study.score, study.rebuilt),
  ];
}

function link({ number }: ConceptReport): Fragment {
  return html`<a href="#concept-${number}">Concept ${number}</a>`;
}

function links(concepts: readonly ConceptReport[]): Fragment {
  const names = concepts.map(({ number }) => number);
  const linked = names.map((number) => html`<a href="#concept-${number}">${number}</a>`);
  const joined = linked.map((each, i) => [i === 0 ? "" : i === linked.length - 1 ? " and " : ", ", each]);
  return [names.length === 1 ? "Concept " : "Concepts ", joined];
}

/** `Without it the score of the predicted class falls by …`. */
function without({ drop, changes }: ConceptReport, data: ConceptsReportData): string {
  const way = drop.value < 0 ? "rises" : "falls";
  const by = drop.value < 0 ? { value: -drop.value, low: -drop.high, high: -drop.low } : drop;
  const answers =
    changes > 0
      ? ` In ${percentage(changes, 0)} of the images the answer is another one then.`
      : " The answer stays the same in every image.";
  return `Without it the score of ${explained(data)} ${way} by ${two(by.value)}${interval(by)}.${answers}`;
}

function rebuiltWords(score: number, rebuilt: number): string {
  return `The mean score is ${two(score)}, and ${two(rebuilt)} with nothing in the layer but the concepts. The nearer these are, the more of the answer the concepts explain.`;
}

/** What a concept means, in sentences. */
export function meaning(concept: ConceptReport, data: ConceptsReportData): string {
  const { present, stable } = concept;
  const images = Math.round(present * data.study.images);
  if (images === 0) return "None of the measured images has a region of it, so nothing can be said of its worth.";
  const where = `It is in ${images === data.study.images ? "all" : `${images} of`} ${counted(data.study.images, "image")}.`;
  const loose = stable ? "" : " It is not stable: other starts of the search find another concept in its place.";
  return `${where} ${without(concept, data)}${classWords(concept, data)}${loose}`;
}

/** Which classes it raises and lowers, where it is in an image. */
function classWords({ classes }: ConceptReport, data: ConceptsReportData): string {
  if (data.classes.length < 2) return "";
  const names = (direction: Direction) =>
    data.classes.filter((_, i) => {
      const worth = classes[i];
      return worth !== undefined && directionOf(worth.drop) === direction;
    });
  const [raised, lowered] = [names("raises"), names("lowers")];
  const parts = [
    ...(raised.length > 0 ? [`raises the score of ${list(raised)}`] : []),
    ...(lowered.length > 0 ? [`lowers ${raised.length > 0 ? "that" : "the score"} of ${list(lowered)}`] : []),
  ];
  return parts.length > 0 ? ` Where it is, it ${parts.join(" and ")}.` : "";
}

/** What must be kept in mind. */
export function limits({ search, study, concepts }: ConceptsReportData): string[] {
  return [
    "A concept is what comes back in these images. It has no name of its own: you give it one, from its patches.",
    "Images with one background give a concept of that background. See how far the score falls without it before you believe that it matters.",
    ...(study.images < 10
      ? [`${counted(study.images, "image is few", "images are few")}: give some tens of them for narrow intervals.`]
      : []),
    ...(search.leftOver > 0.3
      ? [
          `The concepts leave over ${percentage(search.leftOver, 0)} of what the layer holds. More of them (--count) leave over less.`,
        ]
      : []),
    ...(search.converged ? [] : ["The search was still getting better when it was stopped."]),
    ...(search.negative > 0.001
      ? [
          asSentence(
            `${percentage(search.negative)} of the activations’ squares are negative and were taken for 0. A layer behind a rectifier loses nothing.`,
          ),
        ]
      : []),
    ...(concepts.every(({ stable }) => stable)
      ? []
      : ["Concepts that are not stable are pieces of one thing, or a mixture. Look for fewer of them (--count)."]),
    "Taking a concept out of the layer gives the rest of the network values that it may never have seen. A large fall is evidence, not a full proof.",
  ];
}

/** The words under the title of a chart or table that tell how its numbers are read. */
export const howToRead = {
  importance:
    "Importance is the share of the score’s variance that a concept has a hand in when all concepts are weakened at random (total Sobol index). Near 1, the concept decides alone. Near 0, it hardly matters.",
  region:
    "A region is where there is at least a third of the most that any place of the images has of a concept. The same rule holds for all concepts and images.",
} as const;
