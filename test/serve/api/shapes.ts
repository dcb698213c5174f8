/** @file Drawn shapes as image files. */

import { drawShapes, side } from "../../../src/data/shapes.js";
import { encodePng } from "../../../src/image/node.js";

/** PNG files of the first shapes. */
export async function shapeFiles(count: number): Promise<Uint8Array[]> {
  const { pixels } = drawShapes({ train: 1, test: count }).test;
  const rows = Array.from({ length: count }, (_, i) => pixels.subarray(i * side * side, (i + 1) * side * side));
  return Promise.all(rows.map((row) => encodePng({ width: side, height: side, channels: 1, pixels: row })));
}
