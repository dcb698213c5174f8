/** @file Compares maps of one image: the order of their values, and their structure as they are shown. */

import { at } from "../../foundation/present.js";
import { type FloatMap, mapPeak, normalizeMap } from "../../image/map/heatmap.js";
import { resizeMap } from "../../image/picture/resize.js";
import { bootstrapMean, type Mean } from "../statistics/bootstrap.js";
import { rankCorrelation } from "../statistics/rank-correlation.js";
import { structuralSimilarity } from "../statistics/ssim.js";

/** How alike maps are, over images; plain data. */
export interface MapSimilarity {
  /** Spearman's, of the maps as they are; null where nothing could be compared. */
  readonly rankCorrelation: Mean | null;
  /** Structural similarity of the maps as they are shown, at most 28 by 28 pixels. */
  readonly ssim: Mean | null;
  /** Maps that are zero everywhere beside one that is not: they count as unlike, with a similarity of 0. */
  readonly blank: number;
}

/** Two maps of one image. */
export interface ComparedMaps {
  /** -1 to 1: 0 where one of them alone is the same everywhere, 1 where both are. */
  readonly rankCorrelation: number;
  readonly ssim: number;
  /** The second one is zero everywhere. */
  readonly blank: boolean;
}

/** Compares two maps of one size; undefined where the first is zero everywhere: there is nothing to compare with. */
export function compareMaps(first: FloatMap, second: FloatMap): ComparedMaps | undefined {
  if (mapPeak(first) === 0) return undefined;
  if (mapPeak(second) === 0) return { rankCorrelation: 0, ssim: 0, blank: true };
  return {
    rankCorrelation: rankCorrelation(first.values, second.values) ?? Number(isFlat(first) && isFlat(second)),
    ssim: structuralSimilarity(displayMap(first), displayMap(second)),
    blank: false,
  };
}

/** Compares maps pair by pair; pairs with nothing to compare are left out. */
export function comparedMaps(before: readonly FloatMap[], after: readonly FloatMap[]): ComparedMaps[] {
  return before.flatMap((map, i) => compareMaps(map, at(after, i)) ?? []);
}

export function similarityOf(pairs: readonly ComparedMaps[]): MapSimilarity {
  return {
    rankCorrelation: bootstrapMean(pairs.map(({ rankCorrelation }) => rankCorrelation)),
    ssim: bootstrapMean(pairs.map(({ ssim }) => ssim)),
    blank: pairs.filter(({ blank }) => blank).length,
  };
}

function isFlat({ values }: FloatMap): boolean {
  return values.every((value) => value === values[0]);
}

/** The longer side of maps whose structure is compared: the window of eleven pixels then spans two fifths of it. */
const shownSide = 28;

function displayMap(map: FloatMap): FloatMap {
  const scale = shownSide / Math.max(map.width, map.height);
  const scaled = (size: number) => Math.max(1, Math.round(size * scale));
  return normalizeMap(resizeMap(map, scaled(map.width), scaled(map.height), { antialias: true }));
}
