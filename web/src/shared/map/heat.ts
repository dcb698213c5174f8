/** @file A raw map as the colours that lie over a picture. */

import { type ColormapName, colormap, defaultDivergingColormap } from "../../../../src/image/map/colormap.js";
import { type FloatMap, normalizeMap } from "../../../../src/image/map/heatmap.js";
import { type Box, placeMap, resizeMap } from "../../../../src/image/picture/resize.js";

export interface HeatOptions {
  /** For and against. */
  readonly signed: boolean;
  /** The raw value that the last colour stands for. */
  readonly peak: number;
  /** Only the hottest so many percent of the picture are shown; 100 shows all. */
  readonly top: number;
  readonly colormap: ColormapName;
}

/** Longest side of the canvas of a map: finer is not to be seen, as maps are coarse. */
const longest = 512;

/** A map over a whole picture, [0, 1] or signed [-1, 1]. */
export interface Heat {
  readonly map: FloatMap;
  readonly signed: boolean;
  /** Magnitudes from here on are shown. */
  readonly from: number;
}

/** @param box the part of the picture that the map covers */
export function heatOver(
  evidence: FloatMap,
  picture: { readonly width: number; readonly height: number },
  box: Box,
  { signed, peak, top }: Pick<HeatOptions, "signed" | "peak" | "top">,
): Heat {
  const factor = Math.min(longest / Math.max(picture.width, picture.height), Math.max(1, 280 / picture.width));
  const [width, height] = [picture.width, picture.height].map((side) => Math.max(1, Math.round(side * factor))) as [
    number,
    number,
  ];
  const [across, down] = [width / picture.width, height / picture.height];
  const shown = normalizeMap(evidence, { signed, peak });
  const whole = box.x === 0 && box.y === 0 && box.width === picture.width && box.height === picture.height;
  const scaled = { x: box.x * across, y: box.y * down, width: box.width * across, height: box.height * down };
  const map = whole ? resizeMap(shown, width, height) : placeMap(shown, scaled, width, height);
  return { map, signed, from: top >= 100 ? 0 : hottest(map, top) };
}

/** A heat map on the way from one to another of the same size, `share` of it gone. */
export function between(one: Heat, other: Heat, share: number): Heat {
  const values = new Float32Array(other.map.values.length);
  const [from, to] = [one.map.values, other.map.values];
  for (let i = 0; i < values.length; i++) {
    const value = from[i] as number;
    values[i] = value + share * ((to[i] as number) - value);
  }
  return { ...other, map: { ...other.map, values }, from: one.from + share * (other.from - one.from) };
}

/** The magnitude that so many percent of the values reach. */
function hottest({ values }: FloatMap, percent: number): number {
  const counts = new Uint32Array(1024);
  for (let i = 0; i < values.length; i++) {
    const bin = Math.min(1023, Math.floor(Math.abs(values[i] as number) * 1024));
    counts[bin] = (counts[bin] as number) + 1;
  }
  let remaining = (percent / 100) * values.length;
  for (let bin = 1023; bin > 0; bin--) {
    remaining -= counts[bin] as number;
    if (remaining <= 0) return bin / 1024;
  }
  return 1 / 1024;
}

export function mapColors(name: ColormapName, signed: boolean) {
  return colormap(signed && colormap(name).kind === "sequential" ? defaultDivergingColormap : name);
}

/** Colours whose alpha grows with the evidence, so that the picture stays as it is where there is none. */
export function heatImage({ map, signed, from }: Heat, colormap: ColormapName): ImageData {
  const { table } = mapColors(colormap, signed);
  const { width, height, values } = map;
  const image = new ImageData(width, height);
  const { data } = image;
  for (let i = 0, at = 0; i < values.length; i++, at += 4) {
    const value = values[i] as number;
    const size = value < 0 ? -value : value;
    if (size < from || size === 0) continue;
    const color = 3 * Math.round(255 * (signed ? (value + 1) / 2 : value));
    data[at] = table[color] as number;
    data[at + 1] = table[color + 1] as number;
    data[at + 2] = table[color + 2] as number;
    data[at + 3] = Math.min(255, 510 * size);
  }
  return image;
}
