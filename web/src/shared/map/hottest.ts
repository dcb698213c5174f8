/** @file Finds a map's hottest place. */

import type { FloatMap } from "../../../../src/image/map/heatmap.js";
import type { Box } from "../../../../src/image/picture/resize.js";
import { rankIndices } from "../rank.js";
import type { Stroke } from "../strokes.js";

/** The middle of the hottest cell in the picture's pixels that no stroke erased, and the width of a cell. */
export function hottestPlace({ width, height, values }: FloatMap, box: Box, strokes: readonly Stroke[]) {
  const cell = box.width / width;
  const middle = (i: number) => ({
    x: box.x + (((i % width) + 0.5) / width) * box.width,
    y: box.y + ((Math.floor(i / width) + 0.5) / height) * box.height,
  });
  const order = rankIndices(values);
  const erased = strokes.filter(({ color }) => color === undefined);
  const left = order.find((i) => !erased.some((stroke) => passes(stroke, middle(i))));
  return { ...middle(left ?? (order[0] as number)), width: cell };
}

/** Whether a point of the stroke lies on a place. */
function passes({ points, width }: Stroke, { x, y }: { readonly x: number; readonly y: number }): boolean {
  for (let i = 0; i < points.length; i += 2)
    if (Math.hypot((points[i] as number) - x, (points[i + 1] as number) - y) < width / 2) return true;
  return false;
}
