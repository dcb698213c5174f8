/** @file Where a map is hottest. */

import type { Box, FloatMap } from "fovea/image";

/** The middle of the hottest cell in the picture's pixels, and the width of a cell. */
export function hottestPlace({ width, height, values }: FloatMap, box: Box) {
  let at = 0;
  for (let i = 1; i < values.length; i++) if ((values[i] as number) > (values[at] as number)) at = i;
  const [column, row] = [at % width, Math.floor(at / width)];
  return {
    x: box.x + ((column + 0.5) / width) * box.width,
    y: box.y + ((row + 0.5) / height) * box.height,
    width: box.width / width,
  };
}
