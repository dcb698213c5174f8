/** @file A cue with a place: what stands in one region of every image. */

import { FoveaError } from "../../foundation/error.js";
import type { Mask } from "../../image/map/mask.js";
import type { ImageDims } from "./image-dims.js";

export interface RegionCue {
  readonly kind: "region";
  /** At the images' size. */
  readonly mask: Mask;
}

/** @throws FoveaError `shape-mismatch` for a mask of another size */
export function exchangeRegion(
  { mask }: RegionCue,
  image: Uint8Array,
  donor: Uint8Array,
  [, height, width]: ImageDims,
): Uint8Array {
  if (mask.width !== width || mask.height !== height) {
    const [expected, got] = [`${width}x${height}, the images' size`, `${mask.width}x${mask.height}`];
    throw new FoveaError("shape-mismatch", `exchange of a region: mask: expected ${expected}, got ${got}`);
  }
  const area = height * width;
  return image.map((value, i) => (mask.places[i % area] === 1 ? (donor[i] as number) : value));
}
