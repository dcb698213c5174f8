/** @file How far three families of methods agree about each map of `fovea explain`, in words and for programs. */

import {
  numbersInWords,
  shownInWords,
  verdictInWords,
  verdictOnShown,
} from "../../../evaluate/agreement/families-in-words.js";
import type { FamiliesCompared } from "../../../evaluate/agreement/judge-families.js";
import type { Explanation } from "../../../explain/explanation.js";

/** Of picture i for its k-th class. */
export interface AgreementOfMaps {
  readonly compared: readonly (readonly FamiliesCompared[])[];
  /** About how many the comparison of a picture took. */
  readonly inferences: number;
}

/** For each class of picture i whether families agree, what the map that is shown adds, and what to do where they do not. */
export function familyLines(explanation: Explanation, agreement: AgreementOfMaps | undefined, i: number): string[] {
  return explanation.at(i).classes.flatMap(({ label }, k) => {
    const compared = agreement?.compared[i]?.[k];
    if (compared === undefined) return [];
    const { pairs, verdict, silent } = compared;
    const doubts = [verdict, verdictOnShown(compared)].some((each) => each === "partly" || each === "disagree");
    const numbers = pairs.length > 0 ? `: ${numbersInWords(pairs)}` : "";
    const shown = shownInWords(compared);
    return [
      `map of ${label}: ${verdictInWords(compared)}${numbers} (about ${agreement?.inferences} inferences)`,
      ...(shown === undefined ? [] : [`  ${shown}`]),
      ...silent.map(({ title, reason }) => `  ${title} says nothing: ${reason}`),
      ...(doubts ? [`  ${advice}`] : []),
    ];
  });
}

const advice = "do not rest on one map: compare them with --method all, and measure this one with --trust";

/** The same for programs: without the maps. */
export function describedFamilies(agreement: AgreementOfMaps | undefined, i: number, k: number) {
  const compared = agreement?.compared[i]?.[k];
  if (compared === undefined) return {};
  const { verdict, maps, silent, pairs, shown } = compared;
  const families = maps.map(({ family, method }) => ({ family, method }));
  return { families: { verdict, methods: families, silent, pairs, shown, inferences: agreement?.inferences } };
}
