/** @file Placebos: a change of the same size that should not help where the cue is what matters. */

import type { Cue } from "../../data/cues/cue.js";
import { sharedPlaces, shiftMask } from "../../image/map/mask.js";
import { areaOf as areaOfMask, union } from "../discover/regions.js";

/** Steps across and down that are tried. */
const tries = 8;

/** The same shape where it overlaps itself the least, pixels that leave on one side coming back on the other; undefined without a place. */
export function elsewhere(cue: Cue): Cue | undefined {
  if (cue.kind !== "region") return undefined;
  const { mask } = cue;
  const { width, height } = mask;
  let best = { overlap: Number.POSITIVE_INFINITY, mask };
  for (let i = 1; i < tries * tries; i++) {
    const [across, down] = [Math.floor(i / tries) / tries, (i % tries) / tries];
    const moved = shiftMask(mask, Math.round(across * width), Math.round(down * height));
    const overlap = sharedPlaces(mask, moved);
    if (overlap < best.overlap) best = { overlap, mask: moved };
  }
  return { kind: "region", mask: best.mask };
}

/** Share of the image that cues take together; half of it where one has no place. */
export function areaOf(cues: readonly Cue[]): number {
  const masks = cues.flatMap((cue) => (cue.kind === "region" ? [cue.mask] : []));
  return masks.length === 0 || masks.length < cues.length ? 0.5 : areaOfMask(union(masks));
}
