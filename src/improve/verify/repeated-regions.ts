/** @file Regions that overlap: of several that are verified, one that says nothing beyond the others is the same cue once more. */

import { cueFrom } from "../../data/cues/stored-cue.js";
import { at } from "../../foundation/present.js";
import { list, percent } from "../../foundation/words.js";
import type { Mask } from "../../image/map/mask.js";
import type { Hypothesis, Verdict } from "../protocol/sections.js";

/** How often answers follow a region when it alone is exchanged, 0 to 1. */
type Follow = (region: Mask) => Promise<number>;

interface Region {
  readonly id: string;
  readonly mask: Mask;
}

/**
 * Takes verified regions in the order of how often they are followed: each must be followed in what it has beyond those before it, by as
 * much more than at other places as `practical` says. One that is not is verified no longer.
 */
export async function withoutRepeats(
  verdicts: readonly Verdict[],
  hypotheses: readonly Hypothesis[],
  practical: number,
  follow: Follow,
): Promise<Verdict[]> {
  const masks = new Map(
    hypotheses.flatMap(({ id, cue: stored }) => {
      const cue = cueFrom(stored);
      return cue.kind === "region" ? [[id, cue.mask] as const] : [];
    }),
  );
  const ranked = [...verdicts].sort((a, b) => b.despite.value - a.despite.value);
  const kept: Region[] = [];
  const repeated = new Map<string, string>();
  for (const { id, verified, elsewhere } of ranked) {
    const mask = masks.get(id);
    if (mask === undefined || !verified) continue;
    const before = kept.filter((other) => beyond(mask, [other]).cut);
    const left = beyond(mask, before);
    const followed = left.cut ? await follow(left.mask) : 1;
    if (followed - (elsewhere?.value ?? 0) >= practical) kept.push({ id, mask });
    else repeated.set(id, `${percent(followed, 1)} follow what it has beyond ${list(before.map((other) => other.id))}`);
  }
  return verdicts.map((each) => {
    const reason = repeated.get(each.id);
    if (reason === undefined) return each;
    return { ...each, verified: false, reason: `${each.reason}: ${reason}, so that it is no cue of its own` };
  });
}

/** The mask without other regions, and whether they take anything away. */
function beyond(mask: Mask, others: readonly Region[]): { readonly mask: Mask; readonly cut: boolean } {
  const places = mask.places.map((place, i) => (others.some((other) => at(other.mask.places, i) === 1) ? 0 : place));
  return { mask: { ...mask, places }, cut: places.some((place, i) => place !== mask.places[i]) };
}
