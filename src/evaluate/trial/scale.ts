/** @file Brings probabilities to a scale on which the empty image is 0 and the whole one 1. */

import { at } from "../../foundation/present.js";
import { areaUnder, type Curve } from "./perturbation-curve.js";

/** Below this difference there is nothing to take away, or to give: the image itself does not make its class. */
const leastRise = 0.1;

/** What such metrics ask of an image, in words. */
export const needsRise = `a class that the image makes at least ${leastRise} more probable than an empty one`;

/** Probabilities of a class for the whole image, and for one of which nothing is left. */
export interface Ends {
  readonly whole: number;
  readonly empty: number;
}

/**
 * A probability p as (p - empty) / (whole - empty). A network gives some class to an empty image, too: of a "1" on black nothing can be
 * taken away that lowers it, and without this scale the most faithful map would look the worst.
 * @returns undefined where whole - empty is less than 0.1
 */
export function onScale(probability: number, { whole, empty }: Ends): number | undefined {
  return whole - empty < leastRise ? undefined : (probability - empty) / (whole - empty);
}

/** The area under a curve on that scale, whose ends are the whole image and the empty one; undefined as of `onScale`. */
export function scaledArea(curve: Curve, keep: 0 | 1): number | undefined {
  const [first, last] = [at(curve.probabilities, 0), at(curve.probabilities, curve.probabilities.length - 1)];
  return onScale(areaUnder(curve), keep === 0 ? { whole: first, empty: last } : { whole: last, empty: first });
}
