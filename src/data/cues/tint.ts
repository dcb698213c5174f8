/** @file A cue without a place: the colours of the whole image. */

import type { ImageDims } from "./image-dims.js";

export interface TintCue {
  readonly kind: "tint";
}

/**
 * Each channel gets the donor's mean and deviation (Reinhard et al. 2001, equations 10 and 11, in RGB instead of lαβ). A channel that is
 * the same everywhere gets the mean alone.
 */
export function exchangeTint(
  _: TintCue,
  image: Uint8Array,
  donor: Uint8Array,
  [channels, height, width]: ImageDims,
): Uint8Array {
  const area = height * width;
  const result = new Uint8Array(image.length);
  for (let c = 0; c < channels; c++) {
    const [from, to] = [c * area, (c + 1) * area];
    const own = momentsOf(image.subarray(from, to));
    const other = momentsOf(donor.subarray(from, to));
    const gain = own.deviation > 0 ? other.deviation / own.deviation : 1;
    for (let i = from; i < to; i++) {
      const value = ((image[i] as number) - own.mean) * gain + other.mean;
      result[i] = Math.max(0, Math.min(255, Math.round(value)));
    }
  }
  return result;
}

function momentsOf(values: Uint8Array): { mean: number; deviation: number } {
  let [sum, squares] = [0, 0];
  for (const value of values) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / values.length;
  return { mean, deviation: Math.sqrt(Math.max(0, squares / values.length - mean ** 2)) };
}
