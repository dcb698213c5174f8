/** @file Lines over a picture of a figure: contours of its map, and the frame of what the network saw. */

import type { Box } from "../picture/resize.js";
import { decimals } from "./text.js";

/** Contour lines of a map that covers the whole picture. */
export interface Contours {
  /** Cells of the map that the paths are in. */
  readonly width: number;
  readonly height: number;
  /** SVG path data, one for each level. */
  readonly paths: readonly string[];
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** @param place of the picture on the page */
export function contourElements({ width, height, paths }: Contours, place: Box): string[] {
  const [across, down] = [place.width / width, place.height / height];
  const matrix = `translate(${decimals(place.x)} ${decimals(place.y)}) scale(${across} ${down})`;
  const line = (width: number) => `stroke-width="${(width / Math.max(across, down)).toFixed(3)}"`;
  return paths.map((path) => {
    const under = `<path d="${path}" stroke="#000000" stroke-opacity="0.7" ${line(3)}/>`;
    return `<g fill="none" transform="${matrix}">${under}<path d="${path}" stroke="#ffffff" ${line(1.2)}/></g>`;
  });
}

/**
 * The dashed frame around what the network saw; nothing where that is the whole picture.
 * @param seen in pixels of the picture
 * @param place of the picture on the page
 */
export function frameElement(seen: Box, of: Size, place: Box): string {
  if (seen.x <= 0 && seen.y <= 0 && seen.width >= of.width && seen.height >= of.height) return "";
  const [across, down] = [place.width / of.width, place.height / of.height];
  const [x, y] = [place.x + seen.x * across, place.y + seen.y * down].map(decimals);
  const sides = `x="${x}" y="${y}" width="${decimals(seen.width * across)}" height="${decimals(seen.height * down)}" fill="none"`;
  return `<rect ${sides} stroke="#000000" stroke-opacity="0.45" stroke-width="2"/><rect ${sides} stroke="#ffffff" stroke-dasharray="4 3"/>`;
}
