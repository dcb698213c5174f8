/** @file Measures for `fovea explain --trust` whether the network follows a map more than chance. */

import type { ChanceComparison } from "../../evaluate/studies/versus-chance.js";
import type { PerturbedModel } from "../../evaluate/trial/trial.js";
import type { Explanation } from "../../explain/explanation.js";
import { className } from "../../model/class-names.js";
import type { Model } from "../../model/model.js";
import { singleImages } from "../../model/run/batches.js";
import type { ImageInput } from "../inputs/read-input.js";
import { type DiagnosedExplanation, drawableMap } from "./diagnosis.js";

/** Of the map of picture i for its k-th class. */
export type TrustOfMaps = readonly (readonly (readonly ChanceComparison[])[])[];

export async function trustOfMaps(
  network: PerturbedModel,
  { input }: ImageInput,
  explanation: DiagnosedExplanation,
  signal: AbortSignal,
): Promise<TrustOfMaps> {
  const { compareWithChance } = await import("../../evaluate/studies/versus-chance.js");
  const rows: ChanceComparison[][][] = [];
  for (const [i, image] of singleImages(input).entries()) {
    const row: ChanceComparison[][] = [];
    for (const [k, target] of (explanation.classes[i] ?? []).entries()) {
      const map = drawableMap(explanation, i, k);
      row.push(
        await compareWithChance(
          { network, image, target, map, seed: `${i}/${k}` },
          { onMap: () => signal.throwIfAborted() },
        ),
      );
    }
    rows.push(row);
  }
  return rows;
}

/** A question for each class of picture i, and below it an answer by each measure. */
export function trustLines(
  model: Model,
  { classes }: Explanation,
  trust: TrustOfMaps | undefined,
  i: number,
): string[] {
  return (classes[i] ?? []).flatMap((index, k) => {
    const measures = trust?.[i]?.[k];
    if (measures === undefined) return [];
    const name = className(model, index);
    return [`Does the network follow the map of ${name} more than chance?`, ...measures.map(answer)];
  });
}

/** How likely its shuffled values may be as good as a map that the network follows; random maps must all be worse, too. */
const level = 0.05;

function answer(comparison: ChanceComparison): string {
  const { metric, better, value, random, beaten, draws, shuffled, centre, pValue, refused } = comparison;
  if (refused !== undefined) return `  by ${metric} not measured: it asks for ${refused}`;
  const outcome = pValue <= level && beaten === draws ? "yes" : "not shown";
  const versusCentre =
    value === centre ? "as good as" : value > centre === (better === "higher") ? "better than" : "worse than";
  return `  by ${metric} ${outcome}: ${value.toFixed(2)} (${better} is better; its own values shuffled ${shuffled.mean.toFixed(2)}, ${shuffled.beaten} of ${shuffled.draws} beaten; random maps ${random.mean.toFixed(2)}, ${beaten} of ${draws} beaten), ${versusCentre} a centre map (${centre.toFixed(2)})`;
}
