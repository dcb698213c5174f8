/** @file The place of a cue as a path: it has the colours of the page, and edges that are sharp at any size. */

import { maskFrom, type StoredMask } from "../../../../src/data/cues/stored-cue.js";
import type { Mask } from "../../../../src/image/map/mask.js";

export interface PlaceOutline {
  readonly width: number;
  readonly height: number;
  /** The attribute `d` of a path in a box of that size. */
  readonly path: string;
}

/** Cells along the longer side: as fine as a small picture is drawn. */
const mostCells = 112;

/** @throws FoveaError `bad-input` for what is no mask */
export function placeOutline(stored: StoredMask): PlaceOutline {
  const { width, height, places } = inCells(maskFrom(stored));
  let path = "";
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const start = x;
      while (x < width && places[y * width + x] === 1) x++;
      if (x > start) path += `M${start} ${y}h${x - start}v1h${start - x}z`;
    }
  }
  return { width, height, path };
}

/** The mask in larger cells, where it is fine: a cell is meant where half of its places are. */
function inCells(mask: Mask): Mask {
  const step = Math.ceil(Math.max(mask.width, mask.height) / mostCells);
  if (step === 1) return mask;
  const [width, height] = [Math.ceil(mask.width / step), Math.ceil(mask.height / step)];
  const places = Uint8Array.from({ length: width * height }, (_, i) =>
    2 * meantIn(mask, (i % width) * step, Math.floor(i / width) * step, step) >= step * step ? 1 : 0,
  );
  return { width, height, places };
}

/** How many places of a square are meant. */
function meantIn({ width, height, places }: Mask, left: number, top: number, side: number): number {
  let meant = 0;
  for (let y = top; y < Math.min(height, top + side); y++) {
    for (let x = left; x < Math.min(width, left + side); x++) meant += places[y * width + x] ?? 0;
  }
  return meant;
}
