/** @file How alike the maps of different images are: the likeness that a method's maps have anyway. */

import { at } from "../../foundation/present.js";
import { random } from "../../foundation/random.js";
import { quantile } from "../../foundation/timing.js";
import { type FloatMap, mapPeak } from "../../image/map/heatmap.js";
import { resizeMap } from "../../image/picture/resize.js";
import type { Mean } from "../statistics/bootstrap.js";
import { mean } from "../statistics/sums.js";
import { type ComparedMaps, compareMaps, type MapSimilarity } from "./compare-maps.js";

/** How often images are drawn anew. */
const resamples = 2000;

/**
 * Similarity of the maps of all pairs of images. The interval is the bootstrap's over images: pairs that a draw has are those of the
 * different images that it has. Blank maps are left out.
 */
export function likenessOfImages(all: readonly FloatMap[]): MapSimilarity {
  const maps = all.filter((map) => mapPeak(map) > 0);
  const pairs = maps.map((map, i) => maps.slice(0, i).map((other) => comparedInOneSize(map, other)));
  return {
    rankCorrelation: meanOfPairs(pairs, ({ rankCorrelation }) => rankCorrelation),
    ssim: meanOfPairs(pairs, ({ ssim }) => ssim),
    blank: all.length - maps.length,
  };
}

function comparedInOneSize(map: FloatMap, other: FloatMap): ComparedMaps {
  const compared = compareMaps(map, resizeMap(other, map.width, map.height, { antialias: true }));
  return compared ?? { rankCorrelation: 0, ssim: 0, blank: true };
}

/** @param pairs of item i with the items before it */
function meanOfPairs(
  pairs: readonly (readonly ComparedMaps[])[],
  measure: (pair: ComparedMaps) => number,
): Mean | null {
  const values = pairs.map((row) => row.map(measure));
  const flat = values.flat();
  const count = values.length;
  if (flat.length === 0) return null;
  if (count < 3) return { count, mean: mean(flat), low: null, high: null };
  const source = random("pairs").fork("bootstrap");
  const means = Array.from({ length: resamples }, () => {
    const times = new Uint16Array(count);
    for (let i = 0; i < count; i++) {
      const image = source.below(count);
      times[image] = at(times, image) + 1;
    }
    let [total, weights] = [0, 0];
    for (const [i, row] of values.entries()) {
      for (const [k, value] of row.entries()) {
        const weight = at(times, i) * at(times, k);
        total += weight * value;
        weights += weight;
      }
    }
    return weights > 0 ? total / weights : mean(flat);
  });
  return { count, mean: mean(flat), low: quantile(means, 0.025), high: quantile(means, 0.975) };
}
