/** @file An image times its map, so that only the evidence is left. */

import { at } from "../../foundation/present.js";
import { untouched } from "./perturbation-curve.js";
import { oncePerTrial, shownMap, type Trial } from "./trial.js";

/** The model's input times the map (from 0 to 1, at the input's size). */
export const keptImage = oncePerTrial((trial: Trial) =>
  trial.network.blended(trial.image, [shownMap(trial).values], "zero"),
);

/** Probability of the class for the whole image, and for the kept part. */
export const keptProbability = oncePerTrial(async (trial: Trial) => {
  const probability = at(await trial.network.probabilities(await keptImage(trial), trial.target), 0);
  return { whole: await untouched(trial), kept: probability };
});

/** The part of a probability that is lost, 0 where it rises: max(0, whole - kept) / whole. */
export function drop({ whole, kept }: { readonly whole: number; readonly kept: number }): number {
  return whole > 0 ? Math.max(0, whole - kept) / whole : 0;
}
