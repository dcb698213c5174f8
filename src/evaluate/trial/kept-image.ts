/** @file An image times its map, so that only the evidence is left. */

import { at } from "../../foundation/present.js";
import { untouched } from "./perturbation-curve.js";
import { type Ends, onScale } from "./scale.js";
import { oncePerTrial, shownMap, type Trial } from "./trial.js";

/** The model's input times the map (from 0 to 1, at the input's size). */
export const keptImage = oncePerTrial((trial: Trial) =>
  trial.network.blended(trial.image, [shownMap(trial).values], "zero"),
);

/** Probability of the class for the whole image, for the kept part, and for an image of which nothing is kept. */
export interface Kept extends Ends {
  readonly kept: number;
}

export const keptProbability = oncePerTrial(async (trial: Trial): Promise<Kept> => {
  const { network, image, target } = trial;
  const nothing = new Float32Array(shownMap(trial).values.length);
  const kept = at(await network.probabilities(await keptImage(trial), target), 0);
  const empty = at(await network.probabilities(await network.blended(image, [nothing], "zero"), target), 0);
  return { whole: await untouched(trial), kept, empty };
});

/**
 * The part that is lost of what the whole image has more than an empty one, 0 to 1: 0 where the probability rises.
 * @returns undefined as of `onScale`
 */
export function drop({ kept, ...ends }: Kept): number | undefined {
  const left = onScale(kept, ends);
  return left === undefined ? undefined : Math.min(1, Math.max(0, 1 - left));
}
