/** @file The pieces of a mask: places that hang together. */

import { at } from "../../foundation/present.js";
import type { Mask } from "./mask.js";

/** The pieces that a mask falls into, the largest first; places that touch by a side or a corner hang together. */
export function pieces({ width, height, places }: Mask): Mask[] {
  const left = places.slice();
  const found: { readonly mask: Mask; readonly size: number }[] = [];
  for (let start = 0; start < left.length; start++) {
    if (left[start] === 0) continue;
    const own = new Uint8Array(left.length);
    const waiting = [start];
    left[start] = 0;
    let size = 0;
    for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
      own[place] = 1;
      size++;
      for (const next of neighbours(place, width, height)) {
        if (at(left, next) === 0) continue;
        left[next] = 0;
        waiting.push(next);
      }
    }
    found.push({ mask: { width, height, places: own }, size });
  }
  return found.sort((a, b) => b.size - a.size).map(({ mask }) => mask);
}

function neighbours(place: number, width: number, height: number): number[] {
  const [x, y] = [place % width, Math.floor(place / width)];
  const result: number[] = [];
  for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++)
    for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) result.push(v * width + u);
  return result;
}
