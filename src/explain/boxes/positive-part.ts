/** @file What raises a score, of evidence for and against it. */

import { type FloatMap, floatMap } from "../../image/map/heatmap.js";

/** The evidence after the ReLU. */
export function positivePart({ width, height, values }: FloatMap): FloatMap {
  return floatMap(
    width,
    height,
    values.map((value) => Math.max(0, value)),
  );
}
