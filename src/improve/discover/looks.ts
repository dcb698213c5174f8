/** @file Numbers of an image that have no place: how bright, how coloured and how sharp it is. */

import type { Cue } from "../../data/cues/cue.js";
import type { ImageDims } from "../../data/cues/image-dims.js";

/** A probe for something without a place. */
export interface Look {
  readonly name: string;
  /** Follows `the label is told by`. */
  readonly words: string;
  /** What exchanging it exchanges; undefined where nothing can, so that it is told and not verified. */
  readonly cue: Cue | undefined;
  readonly measure: (pixels: Uint8Array, dims: ImageDims) => number[];
}

/** All probes. */
export const looks: readonly Look[] = [
  {
    name: "tint",
    words: "the tint and the brightness of the whole image",
    cue: { kind: "tint" },
    measure: (pixels, dims) => channelMoments(pixels, dims),
  },
  {
    name: "sharpness",
    words: "how sharp or how fine-grained the whole image is",
    cue: undefined,
    measure: (pixels, dims) => [
      roughness(pixels, dims, 1, 0),
      roughness(pixels, dims, 0, 1),
      roughness(pixels, dims, 1, 1),
    ],
  },
];

/** Mean, deviation and darkest tenth of each channel. */
function channelMoments(pixels: Uint8Array, [channels, height, width]: ImageDims): number[] {
  const area = height * width;
  return Array.from({ length: channels }, (_, c) => {
    const values = pixels.subarray(c * area, (c + 1) * area);
    const mean = values.reduce((sum, value) => sum + value, 0) / area;
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / area;
    return [mean, Math.sqrt(squares), values.slice().sort()[Math.floor(area / 10)] ?? 0];
  }).flat();
}

/** Mean difference between pixels that lie so far apart. */
function roughness(pixels: Uint8Array, [channels, height, width]: ImageDims, across: number, down: number): number {
  let sum = 0;
  for (let c = 0; c < channels; c++)
    for (let y = down; y < height; y++)
      for (let x = across; x < width; x++) {
        const place = (c * height + y) * width + x;
        sum += Math.abs((pixels[place] as number) - (pixels[place - down * width - across] as number));
      }
  return sum / (channels * height * width);
}
