/** @file How far the map that is drawn of an image agrees with the exact one, where the method averages over places. */

import { at } from "../../../foundation/present.js";
import type { ShownAgreement } from "./shown.js";
import type { LiveSubject } from "./subject.js";

/** Of the predicted classes. */
export async function showAgreements(
  { models, images }: LiveSubject,
  model: number,
  indices: readonly number[],
): Promise<ShownAgreement[]> {
  const { explainer } = at(models, model);
  const found: ShownAgreement[] = [];
  for (const index of indices) {
    const { input } = await images.read(explainer.model, index);
    const explanation = await explainer.explain(input);
    if (explanation.exact === undefined) return indices.map(() => null);
    const { correlation, misplaced } = explanation.at(0).agreement() ?? {};
    found.push(correlation === undefined || misplaced === undefined ? null : { correlation, misplaced });
  }
  return found;
}
