/** @file Opens the methods whose maps are measured. */

import type { ImageExplainer } from "../../explain/loaded-model.js";
import { methods as allMethods, methodNamed } from "../../explain/methods/index.js";
import { FoveaError, namedError } from "../../foundation/error.js";
import type { NamedModel } from "../inputs/models.js";
import type { layerOptions } from "../options/model-options.js";

export interface OpenMethods {
  readonly explainers: readonly ImageExplainer[];
  /** Why methods do not work for the model. */
  readonly leftOut: readonly string[];
}

/**
 * Explainers of the named methods; of `all` those that work for this model.
 * @throws FoveaError for a named method that does not work
 */
export async function openMethods(
  { model }: NamedModel,
  names: string,
  layer: ReturnType<typeof layerOptions>,
): Promise<OpenMethods> {
  const explainers: ImageExplainer[] = [];
  const leftOut: string[] = [];
  const named = () => namesIn(names).map((name) => methodNamed(name).name);
  for (const method of names === "all" ? allMethods.map(({ name }) => name) : new Set(named())) {
    try {
      explainers.push(await model.explainer({ method, ...layer }));
    } catch (error) {
      if (names !== "all" || !(error instanceof FoveaError)) throw error;
      leftOut.push(namedError(method, error).message);
    }
  }
  return { explainers, leftOut };
}

/** Names separated by commas, each once. */
export function namesIn(text: string): string[] {
  return [...new Set(text.split(",").map((name) => name.trim()))];
}
