/** @file Measures the shares of an image's evidence in the regions that tell of bias: the border, the corners, the object. */

import { uniformMap } from "../../../evaluate/trial/baseline-maps.js";
import { borderOf, cornersOf, evidenceInside } from "../../../evaluate/trial/evidence.js";
import type { FloatMap } from "../../../image/map/heatmap.js";
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

/** The share of a map's places, its highest values first, that holds half of its sum. */
function halfOf({ values }: FloatMap): number {
  const sorted = values.map((value) => Math.max(0, value)).sort();
  const half = sorted.reduce((sum, value) => sum + value, 0) / 2;
  let [sum, places] = [0, 0];
  while (sum < half && places < sorted.length) sum += sorted[sorted.length - 1 - places++] as number;
  return places / sorted.length;
}
