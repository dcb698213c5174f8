/** @file What the image tests share: numbers of other tools, and a platform that encodes nothing. */

import type { FigurePlatform } from "../../src/image/figure/panel.js";
import { svgText } from "../../src/image/figure/text.js";
import type { FloatMap } from "../../src/image/map/heatmap.js";
import type { Picture } from "../../src/image/picture/picture.js";
import { readNpy } from "../support/goldens/npy.js";

/** Arrays of PyTorch 2.13, OpenCV, Matplotlib and pytorch-grad-cam, saved by fixtures/units/make_units.py. */
export function unit(name: string): { dims: readonly number[]; data: Float32Array | Uint8Array } {
  return readNpy(new URL(`../fixtures/units/${name}.npy`, import.meta.url));
}

export function unitMap(name: string): FloatMap {
  const { dims, data } = unit(name);
  return { width: dims[1] as number, height: dims[0] as number, values: data as Float32Array };
}

export function unitPicture(name: string): Picture {
  const { dims, data } = unit(name);
  return { width: dims[1] as number, height: dims[0] as number, channels: 3, pixels: data as Uint8Array };
}

/** Largest difference of two arrays of one length. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs((a[i] as number) - (b[i] as number)));
  return largest;
}

/** A picture of diagonal stripes. */
export function stripes(width: number, height: number, channels: 1 | 3 = 3): Picture {
  const pixels = Uint8Array.from({ length: width * height * channels }, (_, i) => {
    const at = Math.floor(i / channels);
    return ((at % width) + Math.floor(at / width)) % 4 < 2 ? 230 : 20 + 40 * (i % channels);
  });
  return { width, height, channels, pixels };
}

/** A map with its peak in the middle, falling to zero and below towards the corners. */
export function hill(width: number, height: number, peak = 1): FloatMap {
  const values = Float32Array.from({ length: width * height }, (_, i) => {
    const x = ((i % width) + 0.5) / width - 0.5;
    const y = (Math.floor(i / width) + 0.5) / height - 0.5;
    return peak * (1 - 4 * Math.hypot(x, y));
  });
  return { width, height, values };
}

/** Encoded pictures are only named, by how they were asked for and their size; so a figure's SVG is the same on every machine. */
export const namingPlatform: FigurePlatform = {
  text: svgText(),
  encode: async ({ width, height, channels }, content) => `data:,${content}-${width}x${height}x${channels}`,
};
