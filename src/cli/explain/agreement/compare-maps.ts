/** @file How far three families of methods agree about each map of `fovea explain`, where it is asked for or cheap. */

import type { Families } from "../../../evaluate/agreement/compare-families.js";
import type { Explanation } from "../../../explain/explanation.js";
import type { LoadedModel } from "../../../explain/loaded-model.js";
import { methodNamed } from "../../../explain/methods/index.js";
import { measuresNumbers } from "../../../model/targets/output-numbers.js";
import { countOf, type ImageInput } from "../../inputs/read-input.js";
import type { ExplainFlags } from "../../options/explain-options.js";
import type { AgreementOfMaps } from "./agreement-of-maps.js";

/** What compares the families of a run; undefined where the user does not want it, or there are many pictures and nobody asks. */
export async function familiesOfRun(
  model: LoadedModel,
  { agreement, layer, fuse, against }: ExplainFlags,
  many: boolean,
): Promise<Families | undefined> {
  if (agreement === false || (many && !agreement)) return undefined;
  const { openFamilies } = await import("../../../evaluate/agreement/compare-families.js");
  return openFamilies(model, { against, ...(fuse === undefined ? { layer } : {}) });
}

/** @returns undefined where the comparison is not asked for, and would take long or is of a network that measures */
export async function agreementOfMaps(
  families: Families,
  image: ImageInput,
  explanation: Explanation,
  how: Pick<ExplainFlags, "agreement" | "method"> & { readonly model: LoadedModel; readonly signal: AbortSignal },
): Promise<AgreementOfMaps | undefined> {
  const { inferencesToCompare, isCheapToCompare } = await import("../../../evaluate/agreement/cost.js");
  const { model, signal } = how;
  const { input } = image;
  const classes = Math.max(...explanation.classes.map(({ length }) => length));
  const isLittle = countOf(image) === 1 && !measuresNumbers(model) && isCheapToCompare(model, input, classes);
  if (!how.agreement && !isLittle) return undefined;
  const shown = {
    method: methodNamed(how.method),
    evidence: (i: number, k: number) => explanation.at(i).evidence(k),
  };
  const compared = await families.compare(input, explanation.classes, { shown, signal });
  return { compared, inferences: inferencesToCompare(model, input, classes) };
}
