/** @file Reads the map at a place of the picture. */

import type { FloatMap } from "../../../../src/image/map/heatmap.js";

/** In the picture's pixels. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

export interface Reading extends Place {
  /** The raw map's value there. */
  readonly value: number;
  /** Of the end of the colour scale, -1 to 1. */
  readonly share: number;
}

/** @param map over the whole picture, as shown */
export function readingAt(
  { x, y }: Place,
  picture: { readonly width: number; readonly height: number },
  map: FloatMap,
  peak: number,
): Reading | undefined {
  if (x < 0 || y < 0 || x >= picture.width || y >= picture.height) return undefined;
  const column = Math.min(map.width - 1, Math.floor((x / picture.width) * map.width));
  const row = Math.min(map.height - 1, Math.floor((y / picture.height) * map.height));
  const share = map.values[row * map.width + column] as number;
  return { x: Math.floor(x), y: Math.floor(y), value: share * peak, share };
}
