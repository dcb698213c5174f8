/** @file The range of a map's values that is shown: from which value on, and up to which. */

import { FoveaError } from "../../foundation/error.js";
import { at } from "../../foundation/present.js";
import { type FloatMap, mapPeak, type PeakOptions } from "./heatmap.js";

export interface EmphasisOptions extends PeakOptions {
  /** Values below this share of the peak, 0 to 1, are shown as zero. Default 0. */
  readonly threshold?: number | undefined;
  /** The colour scale ends at this percentile of the map's values (magnitudes, if signed), so that a few outliers do not outshine the rest. Default 100, the peak. */
  readonly percentile?: number | undefined;
}

/**
 * The value at which the colour scale ends: the smallest that so many percent of all values do not exceed.
 * @throws FoveaError `bad-input` for a number that is no percentile
 */
export function emphasizedPeak(map: FloatMap, { percentile = 100, signed = false }: EmphasisOptions = {}): number {
  if (!(percentile > 0 && percentile <= 100))
    throw new FoveaError("bad-input", `percentile: expected above 0, up to 100, got ${percentile}`);
  const peak = mapPeak(map, { signed });
  if (percentile === 100) return peak;
  const sorted = map.values.map((value) => (signed ? Math.abs(value) : Math.max(0, value))).sort();
  const end = at(sorted, Math.ceil((percentile / 100) * sorted.length) - 1);
  // More zeros than that: the scale would end before it began.
  return end > 0 ? end : peak;
}

/**
 * The map with every value below a share of the peak set to zero.
 * @throws FoveaError `bad-input` for a number that is no share
 */
export function withoutWeak(map: FloatMap, peak: number, { threshold = 0 }: EmphasisOptions = {}): FloatMap {
  if (!(threshold >= 0 && threshold <= 1))
    throw new FoveaError("bad-input", `threshold: expected 0 to 1, got ${threshold}`);
  if (threshold === 0) return map;
  return { ...map, values: map.values.map((value) => (Math.abs(value) < threshold * peak ? 0 : value)) };
}

/** The map without its weak values, and the value at which the colour scale ends. @throws FoveaError as the two */
export function emphasized(map: FloatMap, options: EmphasisOptions): { readonly map: FloatMap; readonly peak: number } {
  const peak = emphasizedPeak(map, options);
  return { map: withoutWeak(map, peak, options), peak };
}

/** A map of fewer values is coarse: it has no single dots. */
const finest = 1000;

/**
 * How dark a map is because of a few dots: the share of the peak that 99 % of its values do not exceed, where that is below a quarter.
 * Undefined for all other maps, and for coarse ones.
 */
export function outshone(map: FloatMap): number | undefined {
  const peak = mapPeak(map);
  if (peak === 0 || map.values.length < finest) return undefined;
  const share = emphasizedPeak(map, { percentile: 99 }) / peak;
  return share < 1 / 4 ? share : undefined;
}
