/** @file Lines around what holds a quarter, half and three quarters of the scale. */

import { contours } from "d3-contour";
import type { Heat } from "./heat.js";

export interface ContourLine {
  readonly level: number;
  /** SVG path in the map's cells. */
  readonly path: string;
}

const levels = [0.25, 0.5, 0.75] as const;

export function contourLines({ map: { width, height, values } }: Heat): ContourLine[] {
  const magnitudes = Array.from(values, Math.abs);
  const lines = contours().size([width, height]);
  return levels.map((level) => {
    const { coordinates } = lines.contour(magnitudes, level);
    const rings = coordinates.flat();
    const path = rings.map((ring) => `M${ring.map(([x = 0, y = 0]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}Z`);
    return { level, path: path.join("") };
  });
}
