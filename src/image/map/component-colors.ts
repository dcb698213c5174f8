/** @file Three numbers of each place as one colour. */

import { FoveaError } from "../../foundation/error.js";
import { createPicture, type Picture } from "../picture/picture.js";
import type { FloatMap } from "./heatmap.js";

/** From the value that is drawn darkest to the one that is drawn brightest. */
export type Range = readonly [least: number, most: number];

/**
 * Maps of one size as the red, green and blue of a picture: each from its least value, 0, to its largest, 255; those beyond are cut
 * off. Where all values are one, 128.
 * @throws FoveaError `shape-mismatch` for other than three maps, or maps of several sizes
 */
export function componentColors(maps: readonly FloatMap[], ranges: readonly Range[]): Picture {
  const [first] = maps;
  const sameSize = maps.every(({ width, height }) => width === first?.width && height === first.height);
  if (first === undefined || maps.length !== 3 || !sameSize || ranges.length !== 3)
    throw new FoveaError("shape-mismatch", `colours: expected three maps of one size, got ${maps.length}`);
  const { width, height } = first;
  const pixels = new Uint8Array(3 * width * height);
  for (const [c, { values }] of maps.entries()) {
    const [least = 0, most = 0] = ranges[c] ?? [];
    const scale = most > least ? 255 / (most - least) : 0;
    values.forEach((value, i) => {
      const level = scale === 0 ? 128 : (value - least) * scale;
      pixels[3 * i + c] = Math.round(Math.min(255, Math.max(0, level)));
    });
  }
  return createPicture(width, height, 3, pixels);
}

/** One of the maps in its colour, on black: what it adds to the colours of all. */
export function componentAlone(colors: Picture, c: number): Picture {
  return { ...colors, pixels: colors.pixels.map((level, i) => (i % 3 === c ? level : 0)) };
}
