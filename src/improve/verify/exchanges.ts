/** @file Pairs of an image and a donor, and what the exchange of a cue between them does to answers. */

import { type Cue, exchangeCue } from "../../data/cues/cue.js";
import type { ImageDims } from "../../data/cues/image-dims.js";
import { at } from "../../foundation/present.js";
import type { Random } from "../../foundation/random.js";

/** Images in memory with their labels. */
export interface Images {
  readonly pixels: readonly Uint8Array[];
  readonly labels: readonly number[];
  readonly dims: ImageDims;
}

/** An image that gets a donor's cue; places among the images. */
export interface Pair {
  readonly host: number;
  readonly donor: number;
}

/**
 * Several donors for each image; images without one are left out.
 * @param kin whether donors are of the image's own class, or of others
 */
export function drawPairs(labels: readonly number[], donors: number, kin: boolean, source: Random): Pair[] {
  return labels.flatMap((label, host) => {
    const candidates = labels.flatMap((other, i) => ((other === label) === kin && i !== host ? [i] : []));
    if (candidates.length === 0) return [];
    return Array.from({ length: donors }, () => ({ host, donor: at(candidates, source.below(candidates.length)) }));
  });
}

/** The hosts with their donors' cue. */
export function exchanged(cue: Cue, { pixels, dims }: Images, pairs: readonly Pair[]): Uint8Array[] {
  return pairs.map(({ host, donor }) => exchangeCue(cue, at(pixels, host), at(pixels, donor), dims));
}
