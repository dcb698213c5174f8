/** @file Measures for `fovea explain --trust` whether the network follows a map more than random ones. */

import { compareWithRandomMaps, type RandomComparison } from "../../evaluate/studies/versus-random.js";
import type { PerturbedModel } from "../../evaluate/trial/trial.js";
import type { Explanation } from "../../explain/explanation.js";
import { className } from "../../model/class-names.js";
import type { Model } from "../../model/model.js";
import { singleImages } from "../../model/run/batches.js";
import type { ImageInput } from "../inputs/read-input.js";
import { type DiagnosedExplanation, drawableMap } from "./diagnosis.js";

/** Of the map of picture i for its k-th class. */
export type TrustOfMaps = readonly (readonly (readonly RandomComparison[])[])[];

export async function trustOfMaps(
  network: PerturbedModel,
  { input }: ImageInput,
  explanation: DiagnosedExplanation,
  signal: AbortSignal,
): Promise<TrustOfMaps> {
  const rows: RandomComparison[][][] = [];
  for (const [i, image] of singleImages(input).entries()) {
    const row: RandomComparison[][] = [];
    for (const [k, target] of (explanation.classes[i] ?? []).entries()) {
      const map = drawableMap(explanation, i, k);
      row.push(
        await compareWithRandomMaps(
          { network, image, target, map, seed: `${i}/${k}` },
          { onMap: () => signal.throwIfAborted() },
        ),
      );
    }
    rows.push(row);
  }
  return rows;
}

/** A line for each class of picture i. */
export function trustLines(
  model: Model,
  { classes }: Explanation,
  trust: TrustOfMaps | undefined,
  i: number,
): string[] {
  return (classes[i] ?? []).flatMap((index, k) => {
    const measures = trust?.[i]?.[k];
    if (measures === undefined) return [];
    const parts = measures.map(
      ({ metric, value, random, better, beaten, draws }) =>
        `${metric} ${value.toFixed(2)} (${better} is better; random maps ${random.mean.toFixed(2)}, ${beaten} of ${draws} beaten)`,
    );
    return [`trust in the map of ${className(model, index)}: ${parts.join(", ")}`];
  });
}
