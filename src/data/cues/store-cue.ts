/** @file Cues as plain JSON. */

import type { Mask } from "../../image/map/mask.js";
import type { Cue } from "./cue.js";
import type { StoredCue, StoredMask } from "./stored-cue.js";

/** A cue that can be written as JSON. */
export function storedCue(cue: Cue): StoredCue {
  return cue.kind === "region" ? { kind: cue.kind, mask: storedMask(cue.mask) } : cue;
}

/** A mask as its runs. */
export function storedMask({ width, height, places }: Mask): StoredMask {
  const runs: number[] = [];
  let [current, length] = [0, 0];
  for (const place of places) {
    if (place !== current) {
      runs.push(length);
      [current, length] = [place, 0];
    }
    length++;
  }
  return { width, height, runs: [...runs, length] };
}
