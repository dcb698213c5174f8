/** @file Measures the shares of an image's evidence in the regions that tell of bias: the border, the corners, the object. */

import { uniformMap } from "../../../evaluate/trial/baseline-maps.js";
import { borderOf, cornersOf, evidenceInside } from "../../../evaluate/trial/evidence.js";
import { at } from "../../../foundation/present.js";
import { type FloatMap, mapPeak } from "../../../image/map/heatmap.js";
import { type Box, placeMap } from "../../../image/picture/resize.js";
import { roundedSize, scaled } from "../draw.js";
import type { EvidenceShares, Share } from "./observation.js";

/** Longest side that maps are measured at: far finer than the layers they come from. */
const longest = 112;

/**
 * Undefined for a map without a value above zero.
 * @param map raw, of the part `seen` of the image
 * @param seen in the image's pixels, as are the boxes
 */
export function evidenceShares(
  map: FloatMap,
  size: { readonly width: number; readonly height: number },
  seen: Box,
  boxes: readonly Box[] | undefined,
): EvidenceShares | undefined {
  const mapSize = roundedSize(size, longest / Math.max(size.width, size.height));
  const fitted = (box: Box) => scaled(box, mapSize.width / size.width, mapSize.height / size.height);
  const placed = placeMap(map, fitted(seen), mapSize.width, mapSize.height);
  const even = uniformMap(mapSize, fitted(seen));
  const of = (region: readonly Box[]): Share | undefined => {
    const [share, evenShare] = [evidenceInside(placed, region), evidenceInside(even, region)];
    return share === undefined || evenShare === undefined ? undefined : { share, even: evenShare };
  };
  const [border, corners] = [of(borderOf(mapSize)), of(cornersOf(mapSize))];
  if (border === undefined || corners === undefined) return undefined;
  const half = { share: halfOf(placed), even: halfOf(even) };
  return { border, corners, ...(boxes ? { object: of(boxes.map(fitted)) } : {}), half };
}

/** Values are counted by so many steps up to the peak, and only those of one step sorted. */
const steps = 1024;

/** The share of a map's places, its highest values first, that holds half of its sum. */
function halfOf(map: FloatMap): number {
  const { values } = map;
  const peak = mapPeak(map);
  if (peak === 0) return 0;
  const stepOf = (value: number) => Math.min(steps - 1, Math.floor((steps * value) / peak));
  const [sums, counts] = [new Float64Array(steps), new Uint32Array(steps)];
  for (const value of values) {
    if (value <= 0) continue;
    const step = stepOf(value);
    // No function that reads all kinds of lists: this is the busiest loop of a report.
    sums[step] = (sums[step] ?? 0) + value;
    counts[step] = (counts[step] ?? 0) + 1;
  }
  const half = sums.reduce((sum, value) => sum + value, 0) / 2;
  let [sum, places, step] = [0, 0, steps - 1];
  for (; sum + at(sums, step) < half; step--) {
    sum += at(sums, step);
    places += at(counts, step);
  }
  const last = values.filter((value) => value > 0 && stepOf(value) === step).sort();
  for (let i = last.length - 1; sum < half && i >= 0; i--, places++) sum += last[i] ?? 0;
  return places / values.length;
}
