/** @file Cues: what images can be told apart by besides the object, and the exchange of a cue between two images. */

import { FoveaError } from "../../foundation/error.js";
import type { ImageDims } from "./image-dims.js";
import { exchangeRegion, type RegionCue } from "./region.js";
import { exchangeTint, type TintCue } from "./tint.js";

/** Plain data, but for the mask's bytes. */
export type Cue = RegionCue | TintCue;

/**
 * The image with the donor's cue in the place of its own; everything else stays. Neither is changed.
 * @param image pixels 0..255, [channels, height, width]
 * @param donor of the same sizes
 * @throws FoveaError `shape-mismatch`
 */
export function exchangeCue(cue: Cue, image: Uint8Array, donor: Uint8Array, dims: ImageDims): Uint8Array {
  const size = dims.reduce((product, each) => product * each, 1);
  for (const [name, { length }] of Object.entries({ image, donor })) {
    if (length === size) continue;
    const expected = `expected ${size} pixels, [${dims.join(", ")}]`;
    throw new FoveaError("shape-mismatch", `exchange of cues: ${name}: ${expected}, got ${length}`);
  }
  return exchanges[cue.kind](cue as never, image, donor, dims);
}

type Exchange<Kind extends Cue> = (cue: Kind, image: Uint8Array, donor: Uint8Array, dims: ImageDims) => Uint8Array;

/** How each kind is exchanged. */
const exchanges: { readonly [Kind in Cue["kind"]]: Exchange<Extract<Cue, { kind: Kind }>> } = {
  region: exchangeRegion,
  tint: exchangeTint,
};
