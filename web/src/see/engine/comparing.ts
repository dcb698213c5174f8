/** @file One picture through every method, each told to the page as it is done. */

import { cheapestFirst, compareMethods as compare } from "../../../../src/explain/compare-methods.js";
import type { LoadedModel } from "../../../../src/explain/loaded-model.js";
import type { Picture } from "../../../../src/image/picture/picture.js";
import { compareLimits, type MethodCell } from "../../engine/api.js";

export interface CompareOptions {
  /** Name of a layer, or `auto`. */
  readonly layer: string;
  readonly target: number;
  readonly signal: AbortSignal;
}

/** Cheap ones first. */
export async function compareMethods(
  model: LoadedModel,
  picture: Picture,
  { layer, target, signal }: CompareOptions,
  tell: (cell: MethodCell) => void,
): Promise<void> {
  const { input, box } = await model.readImage(picture);
  const compared = compare(model.explainer, input, {
    methods: cheapestFirst(),
    explaining: { layer },
    classes: [target],
    quick: compareLimits,
    repeatUpTo: 500,
    signal,
  });
  for await (const { method, explanation, milliseconds, error } of compared) {
    const about = { method: method.name, title: method.title, box };
    if (error) tell({ ...about, refused: error.message });
    else tell({ ...about, evidence: explanation.at(0).evidence(), milliseconds });
  }
}
