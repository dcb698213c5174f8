/** @file How far three families of methods agree about each map of `fovea explain`, where it is asked for or cheap. */

import type { Families } from "../../evaluate/agreement/compare-families.js";
import {
  numbersInWords,
  shownInWords,
  verdictInWords,
  verdictOnShown,
} from "../../evaluate/agreement/families-in-words.js";
import type { FamiliesCompared } from "../../evaluate/agreement/judge-families.js";
import type { Explanation } from "../../explain/explanation.js";
import type { LoadedModel } from "../../explain/loaded-model.js";
import { methodNamed } from "../../explain/methods/index.js";
import { countOf, type ImageInput } from "../inputs/read-input.js";
import type { ExplainFlags } from "../options/explain-options.js";
import type { Plan } from "./plan.js";

/** Of picture i for its k-th class. */
export interface AgreementOfMaps {
  readonly compared: readonly (readonly FamiliesCompared[])[];
  /** About how many the comparison of a picture took. */
  readonly inferences: number;
}

/** What compares the families of a run; undefined where the user does not want it, or there are many pictures and nobody asks. */
export async function familiesOfRun(
  model: LoadedModel,
  { agreement, layer, fuse, against }: ExplainFlags,
  { many }: Plan,
): Promise<Families | undefined> {
  if (agreement === false || (many && !agreement)) return undefined;
  const { openFamilies } = await import("../../evaluate/agreement/compare-families.js");
  return openFamilies(model, { against, ...(fuse === undefined ? { layer } : {}) });
}

/** @returns undefined where the comparison is not asked for and would take long */
export async function agreementOfMaps(
  families: Families,
  image: ImageInput,
  explanation: Explanation,
  how: Pick<ExplainFlags, "agreement" | "method"> & { readonly model: LoadedModel; readonly signal: AbortSignal },
): Promise<AgreementOfMaps | undefined> {
  const { inferencesToCompare, isCheapToCompare } = await import("../../evaluate/agreement/cost.js");
  const { model, signal } = how;
  const { input } = image;
  const classes = Math.max(...explanation.classes.map(({ length }) => length));
  const isLittle = countOf(image) === 1 && isCheapToCompare(model, input, classes);
  if (!how.agreement && !isLittle) return undefined;
  const shown = {
    method: methodNamed(how.method),
    evidence: (i: number, k: number) => explanation.at(i).evidence(k),
  };
  const compared = await families.compare(input, explanation.classes, { shown, signal });
  return { compared, inferences: inferencesToCompare(model, input, classes) };
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

const advice =
  "do not rest on one map: compare them with --method all, and measure this one with --trust (docs/choose-a-method.md)";

/** The same for programs: without the maps. */
export function describedFamilies(agreement: AgreementOfMaps | undefined, i: number, k: number) {
  const compared = agreement?.compared[i]?.[k];
  if (compared === undefined) return {};
  const { verdict, maps, silent, pairs, shown } = compared;
  const families = maps.map(({ family, method }) => ({ family, method }));
  return { families: { verdict, methods: families, silent, pairs, shown, inferences: agreement?.inferences } };
}
