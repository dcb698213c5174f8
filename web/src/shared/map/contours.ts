/** @file Contour lines at a quarter, half and three quarters of the scale. */

import { contours } from "d3-contour";
import { resizeMap } from "../../../../src/image/picture/resize.js";
import type { Heat } from "./heat.js";

export interface ContourLine {
  readonly level: number;
  /** SVG path in the map's cells. */
  readonly path: string;
}

const levels = [0.25, 0.5, 0.75] as const;

/** Longest side of the grid that lines are found on: a finer one shows no more, and takes the page's time. */
const finest = 240;

export function contourLines({ map }: Heat): ContourLine[] {
  const factor = Math.min(1, finest / Math.max(map.width, map.height));
  const [width, height] = [Math.max(1, Math.round(map.width * factor)), Math.max(1, Math.round(map.height * factor))];
  const [across, down] = [map.width / width, map.height / height];
  const magnitudes = Array.from(resizeMap(map, width, height).values, Math.abs);
  const lines = contours().size([width, height]);
  return levels.map((level) => {
    const { coordinates } = lines.contour(magnitudes, level);
    const rings = coordinates.flat().map((ring) => ring.map(([x = 0, y = 0]) => [x * across, y * down]));
    const path = rings.map((ring) => `M${ring.map(([x = 0, y = 0]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}Z`);
    return { level, path: path.join("") };
  });
}
