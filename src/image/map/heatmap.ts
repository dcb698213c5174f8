/** @file Maps of numbers over a picture, and their scaling to the range of a colour map. */

import { FoveaError } from "../../foundation/error.js";
import { checkSize } from "../picture/picture.js";

/** A map of numbers: one for each cell; rows run top to bottom. */
export interface FloatMap {
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
}

export interface PeakOptions {
  /** The map has evidence for (positive) and against (negative). Default false: values below zero count as zero. */
  signed?: boolean;
}

export interface NormalizeOptions extends PeakOptions {
  /** The raw value that becomes 1, for maps that share a scale. Default: the map's own peak. */
  peak?: number;
}

/**
 * A map over the given values, which are shared, not copied.
 * @throws FoveaError `shape-mismatch` when the sizes do not fit the values, `bad-input` when a value is not finite
 */
export function floatMap(width: number, height: number, values: Float32Array): FloatMap {
  checkSize("map", width, height);
  if (values.length !== width * height) {
    throw new FoveaError(
      "shape-mismatch",
      `map ${width}x${height}: values: expected ${width * height}, got ${values.length}`,
    );
  }
  const map = { width, height, values };
  checkFinite(map);
  return map;
}

/** Refuses a map with a value that is not finite, naming the first one. */
export function checkFinite(map: FloatMap): void {
  const { values } = map;
  // Times zero only what is not finite is not zero: one sum is the fastest look at all of them.
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += 0 * (values[i] ?? 0);
  if (sum === 0) return;
  const at = values.findIndex((value) => !Number.isFinite(value));
  const place = `row ${Math.floor(at / map.width)}, column ${at % map.width}`;
  throw new FoveaError(
    "bad-input",
    `map ${map.width}x${map.height}: ${place}: expected a finite number, got ${map.values[at]}`,
  );
}

/** The largest value of a map, never below zero; of a signed map the largest magnitude. */
export function mapPeak(map: FloatMap, { signed = false }: PeakOptions = {}): number {
  checkFinite(map);
  const { values } = map;
  let peak = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    if (value > peak) peak = value;
    else if (signed && -value > peak) peak = -value;
  }
  return peak;
}

/** The peak of several maps together: the scale on which they can be compared. */
export function commonPeak(maps: readonly FloatMap[], options: PeakOptions = {}): number {
  return Math.max(0, ...maps.map((map) => mapPeak(map, options)));
}

/**
 * The display map: values divided by the peak and limited to [0, 1], or [-1, 1] when signed. Zero stays zero: there is no
 * subtraction of the minimum, which would paint the weakest evidence as none, and a map of zeros is never stretched.
 */
export function normalizeMap(map: FloatMap, { signed = false, peak }: NormalizeOptions = {}): FloatMap {
  if (peak !== undefined) checkFinite(map);
  const scale = peak ?? mapPeak(map, { signed });
  if (!Number.isFinite(scale) || scale < 0) {
    throw new FoveaError(
      "bad-input",
      `map ${map.width}x${map.height}: peak: expected a finite number of at least 0, got ${scale}`,
    );
  }
  const floor = signed ? -1 : 0;
  if (scale === 0) return { ...map, values: new Float32Array(map.values.length) };
  const values = new Float32Array(map.values.length);
  for (let i = 0; i < values.length; i++) values[i] = Math.min(1, Math.max(floor, (map.values[i] ?? 0) / scale));
  return { ...map, values };
}
