/** @file Masks: places of an image that are meant, and those that are not. */

import type { FloatMap } from "./heatmap.js";

/** 1 for each place that is meant, 0 for the others. */
export interface Mask {
  readonly width: number;
  readonly height: number;
  /** Row by row, [height * width]. */
  readonly places: Uint8Array;
}

/** The places of a map's highest values: the given share of them, or fewer where fewer are above zero. Of equals the first. */
export function hottest({ width, height, values }: FloatMap, share: number): Mask {
  const most = Math.round(share * values.length);
  const ranked = Float32Array.from(values).sort();
  const threshold = ranked[ranked.length - most] ?? Number.POSITIVE_INFINITY;
  const places = new Uint8Array(values.length);
  let left = most;
  // Values above the threshold go first: of those equal to it there may be too many.
  for (const takes of [(value: number) => value > threshold, (value: number) => value === threshold]) {
    for (let i = 0; i < values.length && left > 0; i++) {
      const value = values[i] as number;
      if (!takes(value) || value <= 0) continue;
      places[i] = 1;
      left--;
    }
  }
  return { width, height, places };
}

/** How many places both masks mean; of one size. */
export function sharedPlaces(a: Mask, b: Mask): number {
  return a.places.reduce((sum, place, i) => sum + (place === 1 && b.places[i] === 1 ? 1 : 0), 0);
}

/** The mask moved to the right and down; pixels that leave on one side come back on the other. */
export function shiftMask({ width, height, places }: Mask, across: number, down: number): Mask {
  const result = new Uint8Array(places.length);
  places.forEach((place, i) => {
    const [x, y] = [(i + across) % width, (Math.floor(i / width) + down) % height];
    result[y * width + x] = place;
  });
  return { width, height, places: result };
}
