/** @file A map's own values at other places: chance as peaked and as smooth as the map itself. */

import { groupBy } from "../../foundation/group-by.js";
import { permutation, type Random } from "../../foundation/random.js";
import type { FloatMap } from "../../image/map/heatmap.js";
import type { Box } from "../../image/picture/resize.js";

/** Blocks across and down, at least. */
const blocksAlong = 4;

/**
 * The map's values, moved by a random shift (what leaves on one side comes back on the other) and then exchanged in blocks of a quarter of
 * each side: the values stay the same ones, and so do most of their neighbours. Blocks at the edge that are smaller than the others change
 * places with those of their size.
 */
export function shuffledMap(map: FloatMap, source: Random): FloatMap {
  const { width, height, values } = map;
  const [across, down] = [source.below(width), source.below(height)];
  const result = new Float32Array(values.length);
  for (const boxes of blocksBySize(width, height)) {
    for (const [i, j] of permutation(boxes.length, source).entries()) {
      const [from, to] = [boxes[i] as Box, boxes[j] as Box];
      for (let y = 0; y < from.height; y++) {
        const row = (from.y + y + down) % height;
        for (let x = 0; x < from.width; x++)
          result[(to.y + y) * width + to.x + x] = values[row * width + ((from.x + x + across) % width)] as number;
      }
    }
  }
  return { ...map, values: result };
}

function blocksBySize(width: number, height: number): Box[][] {
  const boxes = cuts(height).flatMap((down) =>
    cuts(width).map((across): Box => ({ x: across.start, y: down.start, width: across.length, height: down.length })),
  );
  return [...groupBy(boxes, (box) => `${box.width}x${box.height}`).values()];
}

function cuts(length: number): { readonly start: number; readonly length: number }[] {
  const step = Math.ceil(length / blocksAlong);
  return Array.from({ length: Math.ceil(length / step) }, (_, i) => ({
    start: i * step,
    length: Math.min(step, length - i * step),
  }));
}
