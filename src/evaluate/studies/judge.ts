/** @file Verdicts on paired differences of which many are judged together. */

import type { Metric } from "../metrics/metric.js";
import { holm } from "../statistics/holm.js";
import { pairedTest } from "../statistics/paired-test.js";
import { smallestShown } from "../statistics/sign-flip-interval.js";

export type Verdict = "better" | "worse" | "no different";

/** Differences that a verdict is wanted on. */
export interface Judged {
  /** A method's values minus a baseline's, image by image. */
  readonly differences: readonly number[];
  readonly better: Metric["better"];
}

/** Plain data. */
export interface Judgement {
  /** Of `pairedTest`, corrected by Holm for all that is judged together. */
  readonly pValue: number;
  /** Whether it is at most 0.05, and to which side; null of so few images that it could not have been. */
  readonly verdict: Verdict | null;
  /** The smallest difference that so many images would most likely have shown, see `smallestShown`; null where no number of them was enough, or all are 0. */
  readonly smallestShown: number | null;
}

/** The chance that any of the verdicts of one table is a false one. */
const level = 0.05;
const fewestDraws = 20_000;

/** How many images can tell anything in a table of so many comparisons: six for one of them, one more for every doubling. */
export function imagesNeeded(comparisons: number): number {
  return Math.ceil(1 + Math.log2(Math.max(1, comparisons) / level));
}

/** @param draws of the sign-flip tests; default what the correction asks for, at least 20,000 */
export function judge(
  all: readonly Judged[],
  draws: number = Math.max(fewestDraws, Math.ceil((2 * all.length) / level)),
): Judgement[] {
  const corrected = holm(all.map(({ differences }) => pairedTest(differences, { draws })));
  const needed = imagesNeeded(all.length);
  return all.map(({ differences, better }, i) => {
    const pValue = corrected[i] as number;
    const total = differences.reduce((sum, difference) => sum + difference, 0);
    if (pValue <= level)
      return { pValue, verdict: total > 0 === (better === "higher") ? "better" : "worse", smallestShown: null };
    if (differences.length < needed) return { pValue, verdict: null, smallestShown: null };
    const shown = smallestShown(differences, { outside: level / all.length });
    return { pValue, verdict: "no different", smallestShown: shown || null };
  });
}
