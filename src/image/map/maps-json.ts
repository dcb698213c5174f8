/** @file The maps of a picture as the JSON that `<fovea-heatmap>` reads: each with the place that it has on the picture. */

import type { Box } from "../picture/resize.js";
import type { FloatMap } from "./heatmap.js";

/** A map and what it is of. */
export interface LabelledMap {
  readonly label: string;
  readonly map: FloatMap;
}

/** @param box the part of the picture that the maps cover; all of it where undefined */
export function mapsJson(maps: readonly LabelledMap[], box: Box | undefined, signed: boolean): string {
  const each = maps.map(({ label, map: { width, height, values } }) => ({
    label,
    ...(box ? { box } : {}),
    ...(signed ? { signed } : {}),
    width,
    height,
    // As many digits as float32 has.
    values: Array.from(values, (value) => Number(value.toPrecision(7))),
  }));
  return `${JSON.stringify({ maps: each })}\n`;
}
