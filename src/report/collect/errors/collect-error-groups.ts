/** @file Groups of errors that look alike: those whose maps share their evidence. */

import { at } from "../../../foundation/present.js";
import { type FloatMap, normalizeMap } from "../../../image/map/heatmap.js";
import type { ErrorGroup } from "../../report-data.js";
import type { Encode } from "../draw.js";
import { drawnMean, MapSums } from "../mean-map.js";
import type { GatheredModel, Study } from "../study.js";
import { groupMaps, mostGrouped } from "./group-maps.js";

/** Groups that are shown: a pair is none. */
const groupsShown = 6;
const leastMembers = 3;

/** Groups of errors by their maps: of the `mostGrouped` most confident errors where there are more. Errors of which no map was kept are in none. */
export async function collectErrorGroups(
  {
    evaluation,
    model: { errorMaps },
  }: { readonly evaluation: Study["evaluation"]; readonly model: Pick<GatheredModel, "errorMaps"> },
  encode: Encode,
): Promise<ErrorGroup[]> {
  const errors = evaluation.errors.slice(0, mostGrouped).flatMap(({ index }) => {
    const mapped = errorMaps.get(index);
    return mapped ? [{ index, mapped }] : [];
  });
  const groups: ErrorGroup[] = [];
  for (const group of groupMaps(errors.map(({ mapped }) => mapped.map))) {
    if (group.length < leastMembers || groups.length === groupsShown) break;
    const alike = group.map((i) => at(errors, i));
    const sums = new MapSums();
    for (const { mapped } of alike) sums.add({ ...mapped, map: normalizeMap(mapped.map) });
    const mean = sums.mean();
    if (!mean) continue;
    const members = alike.map(({ index }) => index);
    groups.push({ members, place: placeOf(mean.map), ...(await drawnMean(mean, encode)) });
  }
  return groups;
}

const places = [
  ["at the upper left", "at the top", "at the upper right"],
  ["on the left", "in the middle", "on the right"],
  ["at the lower left", "at the bottom", "at the lower right"],
];

/** The ninth of a map with the most evidence, in words, if it has at least twice its share. */
export function placeOf({ width, height, values }: FloatMap): string {
  const ninths = new Float64Array(9);
  values.forEach((value, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    const ninth = 3 * Math.floor((3 * (y + 0.5)) / height) + Math.floor((3 * (x + 0.5)) / width);
    ninths[ninth] = at(ninths, ninth) + value;
  });
  const most = Math.max(...ninths);
  const total = ninths.reduce((sum, value) => sum + value, 0);
  return most < (2 / 9) * total ? "all over the image" : at(places.flat(), ninths.indexOf(most));
}
