/** @file What the likeness of maps under random weights says of a method. */

import type { Mean } from "../statistics/bootstrap.js";

/**
 * - `passes`: with random weights its maps are less than half as alike as unchanged ones are (similarity below 0.5), down the cascade
 *   and with all weights random, intervals and all;
 * - `fails`: in one of the two they stay more alike than that, interval and all;
 * - `alike`: it cannot be judged, because its maps of different images are the same (above 0.95), or above 0.5 and as alike as those
 *   with random weights, which are not below it;
 * - `undecided`: an interval holds 0.5, or there is none.
 *
 * A pass is necessary and not sufficient: it does not say that the maps are right.
 */
export type SanityVerdict = "passes" | "fails" | "alike" | "undecided";

/** Half the similarity of a map with itself. */
const halfway = 0.5;
/** From here on maps of different images are the same. */
const same = 0.95;

export interface SanityEvidence {
  /** Layers randomised one after the other; null where the network has one layer with weights. */
  readonly cascade: Mean | null;
  /** All layers randomised. */
  readonly full: Mean | null;
  /** Maps of different images, of the network as it was learnt. */
  readonly otherImages: Mean | null;
}

export function sanityVerdict({ cascade, full, otherImages }: SanityEvidence): SanityVerdict {
  if (otherImages !== null && otherImages.mean > same) return "alike";
  const measured = [cascade, full].filter((mean) => mean !== null);
  if (full !== null && measured.every(isBelow)) return "passes";
  const beyond = ({ low }: Mean) => low !== null && low > (otherImages?.high ?? -1);
  if (isAbove(otherImages) && !measured.some(beyond)) return "alike";
  return measured.some(isAbove) ? "fails" : "undecided";
}

/** Whether a mean is above one half, with its interval. */
export function isAbove(mean: Mean | null): boolean {
  return mean !== null && mean.low !== null && mean.low > halfway;
}

/** Whether a mean is below one half, with its interval. */
export function isBelow(mean: Mean | null): boolean {
  return mean !== null && mean.high !== null && mean.high < halfway;
}
