/** @file What a detector's report says in words. */

import { type ErrorKind, errorMeanings } from "../../../evaluate/detection/error-kinds.js";
import { counted } from "../../../foundation/words.js";
import { fixed, percentage } from "../../page/format.js";
import type { DetectionReportData } from "../detection-data.js";

/** A kind with what it costs. */
export interface CostliestKind {
  readonly kind: ErrorKind;
  readonly gain: number;
}

/** The kind whose mending would raise AP50 most; undefined where none would. */
export function costliest({ evaluation }: DetectionReportData): CostliestKind | undefined {
  const [first] = [...evaluation.errors.kinds].sort((a, b) => b.gain - a.gain);
  return first && first.gain > 0.0005 ? first : undefined;
}

/** Each kind as it is called in a sentence. */
export const kindsInWords: Readonly<Record<ErrorKind, string>> = {
  localisation: "boxes that do not fit",
  classification: "wrong classes",
  duplicate: "duplicates",
  background: "boxes where no object is",
  both: "boxes wrong in class and place",
  missed: "missed objects",
};

/** What a wrong box is, in two or three words. */
export const kindsInShort: Readonly<Record<ErrorKind | "correct", string>> = {
  localisation: "does not fit",
  classification: "wrong class",
  duplicate: "found twice",
  background: "nothing there",
  both: "wrong class and place",
  missed: "missed",
  correct: "right",
};

/** A gain in points of AP50: `+12.9`. */
export function points(gain: number): string {
  return `+${fixed(100 * Math.max(0, gain), 1)}`;
}

/** An average as a percentage; a dash where there is nothing to find. */
export function average(value: number | null): string {
  return value === null ? "–" : percentage(value);
}

/** The sentence to remember. */
export function lead(data: DetectionReportData): string {
  const { overall } = data.evaluation;
  if (overall.ap50 === null) return "There is no object to find.";
  const worst = costliest(data);
  const cost = worst ? ` ${capital(kindsInWords[worst.kind])} cost it most.` : "";
  return `AP50 ${percentage(overall.ap50)}.${cost}`;
}

export function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

/** What is worth knowing, most important first. */
export function findings(data: DetectionReportData): string[] {
  const { evaluation, maps, model } = data;
  const { overall, classes, images, objects, errors } = evaluation;
  const measured = classes.filter(({ ap50 }) => ap50 !== null);
  const byPrecision = [...measured].sort((a, b) => (a.ap50 ?? 0) - (b.ap50 ?? 0));
  const [worst, best] = [byPrecision[0], byPrecision.at(-1)];
  const cost = costliest(data);
  const own = maps.summary.find(({ name }) => name === maps.name)?.measures;
  const chance = maps.summary.find(({ name }) => name === "random")?.measures;
  return [
    `${model.name} was measured on ${counted(images, "picture")} with ${counted(objects, "object")}: AP ${average(overall.ap)} by COCO’s measure, ${average(overall.ap50)} with an overlap of a half.`,
    ...(worst && best && worst !== best
      ? [
          `The best class is ${best.name} (AP50 ${average(best.ap50)}), the worst ${worst.name} (${average(worst.ap50)}).`,
        ]
      : []),
    ...(cost
      ? [
          `Without ${kindsInWords[cost.kind]} AP50 would be ${points(cost.gain).slice(1)} points higher: ${errorMeanings[cost.kind]}.`,
        ]
      : []),
    ...(errors.falsePositives + errors.falseNegatives > 0.001
      ? [
          `Wrong boxes cost ${points(errors.falsePositives).slice(1)} points, objects that are not found ${points(errors.falseNegatives).slice(1)}.`,
        ]
      : []),
    ...(own?.energy && chance?.energy
      ? [
          `${percentage(own.energy.value, 0)} of a map lies in its object’s own box, where ${percentage(chance.energy.value, 0)} of a random map do${own.others ? `, and ${percentage(own.others.value, 0)} on other objects` : ""}.`,
        ]
      : []),
  ];
}
