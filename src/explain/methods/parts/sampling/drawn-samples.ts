/** @file Samples at random places on ways from baselines that are drawn at random. */

import type { Random } from "../../../../foundation/random.js";
import type { Sample } from "../../../method.js";

/** `count` samples that count the same: each has a baseline of its own, and lies anywhere between it and the image. */
export function drawnSamples(count: number, source: Random): Sample<"attribution">[] {
  return Array.from({ length: count }, () => ({
    at: source.uniform(),
    start: source.uniform(),
    weights: { attribution: 1 / count },
  }));
}
