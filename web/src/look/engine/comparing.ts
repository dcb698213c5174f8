/** @file One picture through every method, each told to the page as it is done. */

import { createExplainer } from "../../../../src/explain/explainer.js";
import { mapOf } from "../../../../src/explain/maps.js";
import { type CamMethod, isPassMethod } from "../../../../src/explain/method.js";
import { methods } from "../../../../src/explain/methods/index.js";
import { prepareInput } from "../../../../src/explain/web.js";
import { FoveaError } from "../../../../src/foundation/error.js";
import type { Picture } from "../../../../src/image/picture/picture.js";
import type { Model } from "../../../../src/model/model.js";
import type { Runtime } from "../../../../src/runtime/session.js";
import { compareLimits, type MethodCell } from "../../engine/api.js";

export interface CompareOptions {
  readonly runtime: Runtime;
  /** Name of a layer, or `auto`. */
  readonly layer: string;
  readonly target: number;
  readonly signal: AbortSignal;
}

/** Cheap ones first. */
export async function compareMethods(
  model: Model,
  picture: Picture,
  { runtime, layer, target, signal }: CompareOptions,
  tell: (cell: MethodCell) => void,
): Promise<void> {
  const { input, box } = await prepareInput(model, picture, runtime);
  const cost = (method: CamMethod) => (isPassMethod(method) ? 2 : "build" in method ? 0 : 1);
  for (const method of [...methods].sort((a, b) => cost(a) - cost(b))) {
    signal.throwIfAborted();
    const about = { method: method.name, title: method.title, box };
    try {
      const explainer = await createExplainer(model, { runtime, method, ...optionsFor(method, layer) });
      try {
        const began = performance.now();
        let explanation = await explainer.explain(input, { classes: [target], signal });
        let milliseconds = performance.now() - began;
        if (milliseconds < 500) {
          // Once more, so that opening sessions is not billed.
          const again = performance.now();
          explanation = await explainer.explain(input, { classes: [target], signal });
          milliseconds = performance.now() - again;
        }
        tell({ ...about, evidence: mapOf(explanation, 0, 0, { signed: true }), milliseconds });
      } finally {
        await explainer.close();
      }
    } catch (error) {
      if (!(error instanceof FoveaError)) throw error;
      tell({ ...about, refused: error.message });
    }
  }
}

function optionsFor(method: CamMethod, layer: string) {
  const ofImage = method.at === "image";
  return {
    ...(ofImage ? {} : { layer }),
    ...(isPassMethod(method) && !ofImage ? { topChannels: compareLimits.topChannels } : {}),
    ...(method.name === "rise" ? { samples: compareLimits.samples } : {}),
  };
}
